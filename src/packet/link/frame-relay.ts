/** Frame relay with RFC 2427 encapsulation, or Cisco's, which puts an EtherType behind the address. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const MAX_ADDRESS_BYTES = 4;
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;

export function decodeFrameRelay(walk: Walk): Next {
  const { bytes, offset } = walk;
  let length = 1;
  for (; ; length++) {
    if (!walk.hasAt(offset, length, ISSUE['link/header-short'])) return NEXT.done;
    if (bytes[offset + length - 1]! & 1) break;
    if (length === MAX_ADDRESS_BYTES) {
      walk.fail(ISSUE['link/unsupported'], offset);
      return NEXT.done;
    }
  }
  walk.offset = offset + length;
  if (!walk.has(2, ISSUE['link/header-short'])) return NEXT.done;
  if (bytes[walk.offset] !== 0x03) {
    walk.offset += 2;
    return walk.nextEtherType(u16(bytes, walk.offset - 2));
  }
  // One byte of padding aligns what follows.
  walk.offset += bytes[walk.offset + 1] === 0 ? 2 : 1;
  if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  const protocol = bytes[walk.offset]!;
  walk.offset += 1;
  if (protocol === NLPID_IPV4) return walk.nextEtherType(0x0800);
  if (protocol === NLPID_IPV6) return walk.nextEtherType(0x86dd);
  if (
    protocol === NLPID_SNAP &&
    walk.holds(walk.offset, 5) &&
    u16(bytes, walk.offset) === 0 &&
    bytes[walk.offset + 2] === 0
  ) {
    walk.offset += 5;
    return walk.nextEtherType(u16(bytes, walk.offset - 2));
  }
  return walk.payload();
}
