/**
 * Remote Desktop (MS-RDPBCGR, sections 2.2.1.1 and 2.2.1.2): recognised by its X.224 connection request and confirm in a
 * TPKT (RFC 1006), and the TLS behind it. Ignored on purpose: the cookie, which holds a user name.
 */
import { u16 } from '../bytes/endian.ts';
import type { MessageDecoder } from './decoder.ts';
import { decodeTls } from './tls.ts';
import { isTlsStart } from './tls-record.ts';

const TPKT_VERSION = 3;
const X224 = { request: 0xe0, confirm: 0xd0 } as const;
const MAX_BYTES = 512;

function isRdpStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 11 || bytes[start] !== TPKT_VERSION || bytes[start + 1] !== 0) return false;
  const length = u16(bytes, start + 2);
  const code = bytes[start + 5]!;
  return (
    length >= 11 &&
    length <= MAX_BYTES &&
    bytes[start + 4] === length - 5 &&
    (code === X224.request || code === X224.confirm)
  );
}

export const rdpDecoder: MessageDecoder = {
  name: 'rdp',
  triggers: [{ kind: 'tcp', ports: [3389] }],
  scope: 'start',
  probe: isRdpStart,
  decode(bytes, start, end, _context, sink) {
    if (end - start < 11) return bytes[start] === TPKT_VERSION ? 'incomplete' : 'foreign';
    if (!isRdpStart(bytes, start, end)) return 'foreign';
    const at = start + u16(bytes, start + 2);
    if (end - at < 6) return 'incomplete';
    if (!isTlsStart(bytes, at, end)) return 'done';
    return decodeTls(bytes, at, end, sink) === 'incomplete' ? 'incomplete' : 'done';
  },
};
