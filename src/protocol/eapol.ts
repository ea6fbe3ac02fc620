/**
 * EAP over LAN: IEEE 802.1X-2020, 11.3; EAP types (RFC 3748); the messages of the 4-way handshake (IEEE 802.11, 12.7.2).
 * Ignored on purpose, and never kept: identities, nonces, key material.
 */
import { u16 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';

export interface EapolObservation {
  readonly kind: 'eapol';
  readonly version: number;
  /** 0 EAP, 1 start, 2 log-off, 3 key, 5 MACsec key agreement. */
  readonly packetType: number;
  /** 1 request, 2 response, 3 success, 4 failure; 0 when there is no EAP inside. */
  readonly eapCode: number;
  /** 1 identity, 4 MD5, 13 TLS, 21 TTLS, 25 PEAP …; 0 when there is none. */
  readonly eapType: number;
  /** 1 to 4 for the 4-way handshake, 0 for anything else. */
  readonly handshakeMessage: number;
}

const PACKET = { eap: 0, key: 3 } as const;
const KEY = { pairwise: 0x0008, install: 0x0040, ack: 0x0080, mic: 0x0100, secure: 0x0200 } as const;
/** From descriptor type to the length of the key data. */
const KEY_FRAME_BYTES = 95;

export const eapolDecoder: MessageDecoder = {
  name: 'eapol',
  triggers: [{ kind: 'ethertype', types: [0x888e] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 4 || bytes[start]! === 0 || bytes[start]! > 3) return 'foreign';
    const packetType = bytes[start + 1]!;
    const claimed = u16(bytes, start + 2);
    const body = start + 4;
    const stop = Math.min(end, body + claimed);
    if (claimed > end - body) {
      sink.issue(ISSUE['message/eapol-malformed'], 2, claimed, end - body);
    }
    const hasEap = packetType === PACKET.eap && stop - body >= 4;
    sink.observe({
      kind: 'eapol',
      version: bytes[start]!,
      packetType,
      eapCode: hasEap ? bytes[body]! : 0,
      eapType: hasEap && stop - body >= 5 ? bytes[body + 4]! : 0,
      handshakeMessage: packetType === PACKET.key ? handshakeMessage(bytes, body, stop) : 0,
    });
    return 'done';
  },
};

function handshakeMessage(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 3) return 0;
  const info = u16(bytes, at + 1);
  if ((info & KEY.pairwise) === 0) return 0;
  const hasMic = (info & KEY.mic) !== 0;
  if ((info & KEY.ack) !== 0) return hasMic ? 3 : 1;
  if (!hasMic) return 0;
  // The second carries key data (the security element), the fourth carries none; WPA leaves `secure` unset in both.
  const hasKeyData = end - at >= KEY_FRAME_BYTES && u16(bytes, at + KEY_FRAME_BYTES - 2) !== 0;
  return (info & KEY.secure) !== 0 || !hasKeyData ? 4 : 2;
}
