/**
 * VXLAN (RFC 7348), with the group policy extension, and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe). The network identifier is
 * ignored. A datagram to the port that does not hold a plausible inner packet stays plain UDP.
 */
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

const HEADER_BYTES = 8;
const FLAG_INSTANCE = 0x08;
/** Instance, and the bit of the group policy extension. */
const KNOWN_FLAGS = 0x88;
const GPE_FLAG_PROTOCOL = 0x04;
const GPE_IPV4 = 1;
const GPE_IPV6 = 2;
const GPE_ETHERNET = 3;

export function decodeVxlan(walk: Walk): Next {
  const { bytes, offset } = walk;
  const inner = offset + HEADER_BYTES;
  if (!walk.holds(offset, HEADER_BYTES)) return NEXT.done;
  const flags = bytes[offset]!;
  if (!(flags & FLAG_INSTANCE) || flags & ~KNOWN_FLAGS || bytes[offset + 7] !== 0) return NEXT.done;
  return enterEthernet(walk, inner);
}

export function decodeVxlanGpe(walk: Walk): Next {
  const { bytes, offset } = walk;
  const inner = offset + HEADER_BYTES;
  if (!walk.holds(offset, HEADER_BYTES)) return NEXT.done;
  const flags = bytes[offset]!;
  if (!(flags & FLAG_INSTANCE) || flags & 0xc0 || bytes[offset + 7] !== 0) return NEXT.done;
  const protocol = flags & GPE_FLAG_PROTOCOL ? bytes[offset + 3]! : GPE_ETHERNET;
  if (protocol === GPE_ETHERNET) return enterEthernet(walk, inner);
  if (protocol === GPE_IPV4 && looksLikeIpv4(walk, inner) && walk.enterTunnel()) {
    walk.offset = inner;
    return walk.nextEtherType(0x0800);
  }
  if (protocol === GPE_IPV6 && looksLikeIpv6(walk, inner) && walk.enterTunnel()) {
    walk.offset = inner;
    return walk.nextEtherType(0x86dd);
  }
  return NEXT.done;
}

function enterEthernet(walk: Walk, inner: number): Next {
  if (!looksLikeEthernet(walk, inner) || !walk.enterTunnel()) return NEXT.done;
  walk.offset = inner;
  return walk.next(NEXT.linkType, 1);
}
