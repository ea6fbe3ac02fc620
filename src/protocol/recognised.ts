/**
 * Protocols that are named and not read: BitTorrent (BEP 3), WireGuard (its white paper, section 5.4), OpenVPN over UDP
 * (its protocol reference), the HTTP/2 preface without TLS is HTTP's. What they carry is encrypted or of no interest here.
 */
import { u32le } from '../bytes/endian.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';

type Look = (bytes: Uint8Array, start: number, end: number) => boolean;

function named(name: string, trigger: 'tcp' | 'udp', ports: readonly number[], isIt: Look): MessageDecoder {
  return {
    name,
    triggers: [{ kind: trigger, ports }],
    scope: 'start',
    probe: isIt,
    decode: (bytes, start, end) => (isIt(bytes, start, end) ? 'done' : 'foreign'),
  };
}

export const bittorrentDecoder = named('bittorrent', 'tcp', [6881], (bytes, start, end) =>
  startsWith(bytes, start, end, '\x13BitTorrent protocol'),
);

/** Initiation and response have fixed lengths; their first word is the type alone. */
export const wireguardDecoder = named('wireguard', 'udp', [51_820], (bytes, start, end) => {
  const length = end - start;
  return (length === 148 && u32le(bytes, start) === 1) || (length === 92 && u32le(bytes, start) === 2);
});

/** Hard resets of either side: opcode 7 or 8, key id 0, a session id, no acknowledgements or one, packet id 0. */
export const openvpnDecoder = named('openvpn', 'udp', [1194], (bytes, start, end) => {
  const length = end - start;
  if (length < 14 || length > 86) return false;
  const isReset = bytes[start] === 0x38 || bytes[start] === 0x40;
  return isReset && bytes[start + 9]! <= 1 && u32le(bytes, end - 4) === 0;
});
