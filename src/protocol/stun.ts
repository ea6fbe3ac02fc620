/**
 * STUN: RFC 8489 (RFC 5389). User names, realms and integrity are never kept.
 * Ignored on purpose: TURN data, ICE priorities, the form without a magic cookie (RFC 3489).
 */
import { formatIp, formatIpv4 } from '../bytes/address.ts';
import { u16, u32 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';

export interface StunObservation {
  readonly kind: 'stun';
  /** Method and class as on the wire: 0x0001 binding request, 0x0101 its answer, 0x0003 allocate … */
  readonly messageType: number;
  readonly software: string;
  /** The asker's address as the server saw it, text; '' when absent. */
  readonly mappedAddress: string;
}

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const ATTRIBUTE = { mappedAddress: 0x0001, xorMappedAddress: 0x0020, software: 0x8022 } as const;
const MAX_ATTRIBUTES = 32;

export const stunDecoder: MessageDecoder = {
  name: 'stun',
  triggers: [{ kind: 'udp', ports: [3478] }],
  scope: 'start',
  probe: isStun,
  decode(bytes, start, end, _context, sink) {
    if (!isStun(bytes, start, end)) return 'foreign';
    let software = '';
    let mappedAddress = '';
    let at = start + HEADER_BYTES;
    for (let count = 0; count < MAX_ATTRIBUTES && end - at >= 4; count++) {
      const type = u16(bytes, at);
      const length = u16(bytes, at + 2);
      if (length > end - at - 4) break;
      if (type === ATTRIBUTE.software) software = readText(bytes, at + 4, at + 4 + length);
      else if (type === ATTRIBUTE.xorMappedAddress)
        mappedAddress = readAddress(bytes, start, at + 4, length, true);
      else if (type === ATTRIBUTE.mappedAddress && mappedAddress === '') {
        mappedAddress = readAddress(bytes, start, at + 4, length, false);
      }
      at += 4 + ((length + 3) & ~3);
    }
    sink.observe({ kind: 'stun', messageType: u16(bytes, start), software, mappedAddress });
    return 'done';
  },
};

/** The two first bits are zero, the cookie fits, and the length is the datagram's. */
function isStun(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= HEADER_BYTES &&
    bytes[start]! < 0x40 &&
    u32(bytes, start + 4) === MAGIC_COOKIE &&
    u16(bytes, start + 2) === end - start - HEADER_BYTES
  );
}

/** `isXored`: the address is hidden by cookie and transaction id, which stand in this order in the header. */
function readAddress(bytes: Uint8Array, start: number, at: number, length: number, isXored: boolean): string {
  const word = (i: number): number =>
    (u32(bytes, at + 4 + i * 4) ^ (isXored ? u32(bytes, start + 4 + i * 4) : 0)) >>> 0;
  if (length === 8 && bytes[at + 1] === 1) return formatIpv4(word(0));
  if (length === 20 && bytes[at + 1] === 2) return formatIp(word(0), word(1), word(2), word(3));
  return '';
}
