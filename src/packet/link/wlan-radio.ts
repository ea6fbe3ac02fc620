/** What capture tools put before an 802.11 frame: radiotap, PPI, AVS and Prism. Signal strengths and rates are ignored. */
import { u16le, u32, u32le } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { decodeWlanPadded } from './wlan.ts';

const LINKTYPE_WLAN = 105;
const FCS_BYTES = 4;
const MAX_PRESENT_WORDS = 16;
const PRESENT_TSFT = 1;
const PRESENT_FLAGS = 2;
const PRESENT_MORE = 0x8000_0000;
const FLAG_FCS = 0x10;
const FLAG_PADDED = 0x20;
const AVS_MAGIC = 0x8021_1000;

export function decodeRadiotap(walk: Walk): Next {
  if (!walk.has(8, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const length = u16le(bytes, offset + 2);
  if (length < 8 || bytes[offset] !== 0) {
    walk.fail(ISSUE['link/unsupported'], offset);
    return NEXT.done;
  }
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  const flags = radiotapFlags(bytes, offset, offset + length);
  walk.offset = offset + length;
  if (flags & FLAG_FCS && walk.end - walk.offset >= FCS_BYTES) walk.end -= FCS_BYTES;
  return decodeWlanPadded(walk, (flags & FLAG_PADDED) !== 0);
}

/** The flags field of the header in `bytes[start, end)`; 0 when it has none. Only the TSF timer precedes it. */
function radiotapFlags(bytes: Uint8Array, start: number, end: number): number {
  const present = u32le(bytes, start + 4);
  if (!(present & PRESENT_FLAGS)) return 0;
  let at = start + 8;
  let word = present;
  for (let words = 1; word & PRESENT_MORE; words++) {
    if (words >= MAX_PRESENT_WORDS || at + 4 > end) return 0;
    word = u32le(bytes, at);
    at += 4;
  }
  if (present & PRESENT_TSFT) at = start + ((at - start + 7) & ~7) + 8;
  return at < end ? bytes[at]! : 0;
}

export function decodePpi(walk: Walk): Next {
  if (!walk.has(8, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const length = u16le(bytes, offset + 2);
  if (length < 8) {
    walk.fail(ISSUE['link/unsupported'], offset);
    return NEXT.done;
  }
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  const inner = u32le(bytes, offset + 4);
  if (inner > 0xffff) {
    walk.fail(ISSUE['link/unsupported'], offset + 4);
    return NEXT.done;
  }
  walk.offset = offset + length;
  return walk.next(NEXT.linkType, inner);
}

export function decodeAvs(walk: Walk): Next {
  if (!walk.has(8, ISSUE['link/header-short'])) return NEXT.done;
  const length = u32(walk.bytes, walk.offset + 4);
  if (!walk.has(Math.max(8, length), ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += Math.max(8, length);
  return walk.next(NEXT.linkType, LINKTYPE_WLAN);
}

/** The length is in the byte order of the capturing host, which the message code (0x44 or 0x41) shows. */
export function decodePrism(walk: Walk): Next {
  if (!walk.has(8, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  if ((u32(bytes, offset) & 0xffff_f000) >>> 0 === AVS_MAGIC) return decodeAvs(walk);
  const length = bytes[offset] !== 0 ? u32le(bytes, offset + 4) : u32(bytes, offset + 4);
  if (length < 8) {
    walk.fail(ISSUE['link/unsupported'], offset);
    return NEXT.done;
  }
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset = offset + length;
  return walk.next(NEXT.linkType, LINKTYPE_WLAN);
}
