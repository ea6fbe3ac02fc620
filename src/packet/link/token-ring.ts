/** Token ring (IEEE 802.5) with source routing, FDDI (ISO 9314-2), and IP over Fibre Channel (RFC 4338): LLC behind MACs. */
import { u16, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

/** First bit of the source address: a routing information field follows. */
const ROUTED = 0x8000_0000_0000;

export function decodeTokenRing(walk: Walk): Next {
  if (!walk.has(14, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const source = u48(bytes, offset + 8);
  const routed = source >= ROUTED;
  walk.setMacs(routed ? source - ROUTED : source, u48(bytes, offset + 2));
  walk.offset = offset + 14;
  if (routed) {
    if (!walk.has(2, ISSUE['link/header-short'])) return NEXT.done;
    const length = bytes[offset + 14]! & 0x1f;
    if (length < 2 || !walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
    walk.offset += length;
  }
  return (bytes[offset + 1]! & 0xc0) === 0x40 ? NEXT.llc : walk.payload();
}

export function decodeFddi(walk: Walk): Next {
  if (!walk.has(13, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.setMacs(u48(bytes, offset + 7), u48(bytes, offset + 1));
  walk.offset = offset + 13;
  return (bytes[offset]! & 0xf0) === 0x50 ? NEXT.llc : walk.payload();
}

/** Addresses are a 16-bit prefix and a MAC. */
export function decodeIpOverFc(walk: Walk): Next {
  if (!walk.has(16, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.setMacs(u48(bytes, offset + 10), u48(bytes, offset + 2));
  walk.offset = offset + 16;
  return NEXT.llc;
}

/** IP over IEEE 1394 as Apple captures it: 8-byte addresses, which are no MACs, and an EtherType. */
export function decodeIpOver1394(walk: Walk): Next {
  if (!walk.has(18, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += 18;
  return walk.nextEtherType(u16(walk.bytes, walk.offset - 2));
}
