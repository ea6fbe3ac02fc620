/** Network service header, RFC 8300: stepped over. Service path, index and context are ignored. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const NEXT_IPV4 = 1;
const NEXT_IPV6 = 2;
const NEXT_ETHERNET = 3;
const NEXT_MPLS = 5;

export function decodeNsh(walk: Walk): Next {
  if (!walk.has(8, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const length = (u16(bytes, offset) & 0x3f) * 4;
  if (bytes[offset]! >>> 6 !== 0 || length < 8) {
    walk.note(ISSUE['link/unsupported'], offset);
    return walk.payload();
  }
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  const protocol = bytes[offset + 3]!;
  walk.offset = offset + length;
  switch (protocol) {
    case NEXT_IPV4:
      return walk.nextEtherType(0x0800);
    case NEXT_IPV6:
      return walk.nextEtherType(0x86dd);
    case NEXT_ETHERNET:
      return walk.next(NEXT.linkType, 1);
    case NEXT_MPLS:
      return walk.nextEtherType(0x8847);
    default:
      return walk.payload();
  }
}
