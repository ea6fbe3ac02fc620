/**
 * Ethernet frames in something else: switch tags (DSA), preambles and records of taps, backbone bridging. What the
 * wrapping says (ports, priorities, line states) is ignored.
 */
import { u16, u32le, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type HeaderDecoder, type Next, NEXT, type Walk } from '../walk.ts';

const LINKTYPE_ETHERNET = 1;

/** `length` bytes of no interest, then an Ethernet frame. */
function ethernetAfter(length: number): HeaderDecoder {
  return (walk) => {
    if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
    walk.offset += length;
    return walk.next(NEXT.linkType, LINKTYPE_ETHERNET);
  };
}

/** Broadcom's tag before the frame. */
export const decodeBroadcomPrepended = ethernetAfter(4);
/** Hilscher netANALYZER: a 4-byte header; the transparent form keeps preamble and start delimiter. */
export const decodeNetAnalyzer = ethernetAfter(4);
export const decodeNetAnalyzerTransparent = ethernetAfter(12);
/** Preamble with the logical link id. */
export const decodeEpon = ethernetAfter(8);
/** I-TAG of IEEE 802.1ah; the customer's frame follows. */
export const decodePbb = ethernetAfter(4);
/** Forwarding tag of FabricPath, whose outer addresses are switch ids. */
export const decodeFabricPath = ethernetAfter(2);

/** A tag of `length` bytes between the addresses and the type. */
function ethernetWithTag(length: number): HeaderDecoder {
  return (walk) => {
    if (!walk.has(14 + length, ISSUE['link/header-short'])) return NEXT.done;
    const { bytes, offset } = walk;
    walk.layers |= LAYER.ethernet;
    walk.setMacs(u48(bytes, offset + 6), u48(bytes, offset));
    walk.offset = offset + 14 + length;
    return walk.nextTypeOrLength(u16(bytes, offset + 12 + length));
  };
}

export const decodeBroadcomTag = ethernetWithTag(4);
export const decodeDsa = ethernetWithTag(4);
export const decodeEdsa = ethernetWithTag(8);

/** Apple's PKTAP: its header length and the link type of what follows. Interface and process are ignored. */
export function decodePktap(walk: Walk): Next {
  if (!walk.has(12, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const length = u32le(bytes, offset);
  const inner = u32le(bytes, offset + 8);
  if (length < 12 || inner > 0xffff) {
    walk.fail(ISSUE['link/unsupported'], offset);
    return NEXT.done;
  }
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset = offset + length;
  return walk.next(NEXT.linkType, inner);
}
