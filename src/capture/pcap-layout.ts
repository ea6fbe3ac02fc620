import { maxFrameBytes } from './limits.ts';
import type { Window } from './window.ts';

/**
 * How one classic pcap file writes its records. Every record starts with seconds, fraction, captured and original
 * length; patched writers append fields to that, which are passed over.
 */
export interface PcapLayout {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly linkType: number;
  /** Bytes of a record header: 16, or more in files of patched libpcaps. */
  readonly recordHeaderBytes: number;
  /** Files before version 2.3 have the two lengths the other way round; in 2.3 both orders occur. */
  readonly lengthOrder: 'normal' | 'swapped' | 'either';
}

/** Record headers in a row that have to look right before a place behind damage is believed. */
export const RESYNC_HEADERS = 3;
/** Records of one stretch lie closer together in time than this. */
const CHAIN_SECONDS = 30 * 86_400;
/** Longest frame on a wire that is believed, segmentation offload and jumbograms included. */
const MAX_ORIGINAL_BYTES = 16 * 1024 * 1024;

export const NO = 0;
export const YES = 1;
/** The answer depends on bytes that are not in the window yet. */
export const MORE = 2;
export type Verdict = typeof NO | typeof YES | typeof MORE;

/** Captured length of the record header at `at`. */
export function capturedLength(view: DataView, at: number, layout: PcapLayout): number {
  const first = view.getUint32(at + 8, layout.littleEndian);
  if (layout.lengthOrder === 'normal') return first;
  const second = view.getUint32(at + 12, layout.littleEndian);
  return layout.lengthOrder === 'swapped' ? second : Math.min(first, second);
}

/** Original length of the record header at `at`. */
export function originalLength(view: DataView, at: number, layout: PcapLayout): number {
  const second = view.getUint32(at + 12, layout.littleEndian);
  if (layout.lengthOrder === 'normal') return second;
  const first = view.getUint32(at + 8, layout.littleEndian);
  return layout.lengthOrder === 'swapped' ? first : Math.max(first, second);
}

/** Whether the 16 bytes at `at` can be a record header near `seconds` (any time when negative). */
function isPlausible(view: DataView, at: number, layout: PcapLayout, seconds: number): boolean {
  const captured = capturedLength(view, at, layout);
  if (captured === 0 || captured > maxFrameBytes(layout.linkType)) return false;
  const original = originalLength(view, at, layout);
  if (captured > original || original > MAX_ORIGINAL_BYTES) return false;
  if (view.getUint32(at + 4, layout.littleEndian) >= (layout.nanoseconds ? 1_000_000_000 : 1_000_000))
    return false;
  return seconds < 0 || Math.abs(view.getUint32(at, layout.littleEndian) - seconds) <= CHAIN_SECONDS;
}

/**
 * Whether records start at `at`: `headers` plausible headers in a row, each where the one before it says, or at least
 * `wholeRecords` up to the end of the stream. `seconds` is the time of the last good record, negative if there is none.
 */
export function startsRecords(
  window: Window,
  at: number,
  layout: PcapLayout,
  seconds: number,
  headers: number,
  wholeRecords: number,
): Verdict {
  const { view, end } = window;
  let near = seconds;
  for (let records = 0; records < headers; records++) {
    if (end - at < 16) return window.ended ? (records >= wholeRecords ? YES : NO) : MORE;
    if (!isPlausible(view, at, layout, near)) return NO;
    near = view.getUint32(at, layout.littleEndian);
    const next = at + layout.recordHeaderBytes + capturedLength(view, at, layout);
    if (next > end && window.ended) return records >= wholeRecords ? YES : NO;
    if (next > end && records < headers - 1) return MORE;
    at = next;
  }
  return YES;
}
