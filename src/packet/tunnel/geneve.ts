/** Geneve, RFC 8926. Options and the network identifier are ignored. */
import { u16 } from '../../bytes/endian.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

const PROTOCOL_ETHERNET = 0x6558;
const FLAG_CONTROL = 0x80;
const KNOWN_FLAGS = 0xc0;

export function decodeGeneve(walk: Walk): Next {
  const { bytes, offset } = walk;
  if (!walk.holds(offset, 8)) return NEXT.done;
  const flags = bytes[offset + 1]!;
  if (bytes[offset]! >>> 6 !== 0 || flags & ~KNOWN_FLAGS || flags & FLAG_CONTROL || bytes[offset + 7] !== 0) {
    return NEXT.done;
  }
  const inner = offset + 8 + (bytes[offset]! & 0x3f) * 4;
  const protocol = u16(bytes, offset + 2);
  if (protocol === PROTOCOL_ETHERNET && looksLikeEthernet(walk, inner) && walk.enterTunnel()) {
    walk.offset = inner;
    return walk.next(NEXT.linkType, 1);
  }
  if (
    ((protocol === 0x0800 && looksLikeIpv4(walk, inner)) ||
      (protocol === 0x86dd && looksLikeIpv6(walk, inner))) &&
    walk.enterTunnel()
  ) {
    walk.offset = inner;
    return walk.nextEtherType(protocol);
  }
  return NEXT.done;
}
