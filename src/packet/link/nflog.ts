/** Linux netfilter log: attributes in host byte order, one of which holds the packet from its IP header on. */
import { NO_MAC } from '../../bytes/address.ts';
import { u16, u16le, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { nextOfFamily } from './loopback.ts';

export const MAX_NFLOG_ATTRIBUTES = 64;
const ATTRIBUTE_HARDWARE_ADDRESS = 8;
const ATTRIBUTE_PAYLOAD = 9;

export function decodeNflog(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const family = bytes[offset]!;
  walk.offset = offset + 4;
  for (let count = 0; count < MAX_NFLOG_ATTRIBUTES && walk.offset < walk.end; count++) {
    const at = walk.offset;
    if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
    // Types are small: the byte that is set tells the byte order.
    const little = bytes[at + 3] === 0 || bytes[at + 2] !== 0;
    const length = little ? u16le(bytes, at) : u16(bytes, at);
    const type = (little ? u16le(bytes, at + 2) : u16(bytes, at + 2)) & 0x7fff;
    if (length < 4) {
      walk.fail(ISSUE['link/unsupported'], at, 4, length);
      return NEXT.done;
    }
    if (type === ATTRIBUTE_PAYLOAD) {
      walk.end = Math.min(walk.end, at + length);
      walk.offset = at + 4;
      return nextOfFamily(walk, family);
    }
    if (type === ATTRIBUTE_HARDWARE_ADDRESS && length >= 14) {
      if (!walk.has(14, ISSUE['link/header-short'])) return NEXT.done;
      // A MAC in a field of eight bytes behind its length.
      if (u16(bytes, at + 4) === 6) walk.setMacs(u48(bytes, at + 8), NO_MAC);
    }
    walk.offset = at + ((length + 3) & ~3);
  }
  return NEXT.done;
}
