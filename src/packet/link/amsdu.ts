/**
 * A-MSDU: several frames in one, IEEE 802.11-2020 9.3.2.2. Each subframe has destination, source and length in front
 * of its LLC header, and starts at a multiple of four from the first.
 */
import { u16, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export const SUBFRAME_HEADER_BYTES = 14;
/** Subframes of one frame that are analyzed. */
export const MAX_SUBFRAMES = 64;

/** Offset behind the subframe at `at`, whose header is there. */
export function nextSubframe(bytes: Uint8Array, at: number): number {
  return at + ((SUBFRAME_HEADER_BYTES + u16(bytes, at + 12) + 3) & ~3);
}

/** One row describes one frame, the first; where the others are is noted. */
export function decodeAmsdu(walk: Walk): Next {
  if (!walk.has(SUBFRAME_HEADER_BYTES, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.setMacs(u48(bytes, offset + 6), u48(bytes, offset));
  const length = u16(bytes, offset + 12);
  noteSubframes(walk);
  walk.offset = offset + SUBFRAME_HEADER_BYTES;
  const end = walk.offset + length;
  if (end > walk.end) walk.note(ISSUE['link/length-mismatch'], walk.offset, length, walk.end - walk.offset);
  else walk.end = end;
  return NEXT.llc;
}

function noteSubframes(walk: Walk): void {
  const second = nextSubframe(walk.bytes, walk.offset);
  if (!walk.holds(second, SUBFRAME_HEADER_BYTES)) return;
  walk.batch.subframeOffset[walk.row] = second;
  let at = second;
  for (let count = 1; walk.holds(at, SUBFRAME_HEADER_BYTES); count++) {
    if (count === MAX_SUBFRAMES) {
      walk.note(ISSUE['link/subframe-limit'], at);
      return;
    }
    at = nextSubframe(walk.bytes, at);
  }
}
