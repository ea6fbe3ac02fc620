import type { PacketBatch } from '../packet/batch.ts';
import type { DamageLog } from './damage.ts';
import type { SourceInfo } from './source.ts';
import type { Window } from './window.ts';

/** More bytes are needed before another row can be written (never said when `window.ended`). */
export const HUNGRY = 0;
/** The batch is full. */
export const FULL = 1;
/** The capture has ended, or cannot be read further; the reader is not asked again. */
export const DONE = 2;
export type ReadStatus = typeof HUNGRY | typeof FULL | typeof DONE;

/**
 * One capture format. A reader takes bytes from the window and appends rows to the batch, writing the columns that
 * belong to a source. It keeps its own state between calls, makes no object per packet, and never throws on content:
 * what it cannot read goes into the damage log.
 */
export interface RecordReader {
  /** Appends rows to `batch` from `window[start, end)` and advances `window.start` over what is not needed any more. */
  read(window: Window, batch: PacketBatch): ReadStatus;
}

/** A capture format, known by its first bytes. */
export interface CaptureFormat {
  readonly name: string;
  /** Bytes that `matches` needs. */
  readonly magicBytes: number;
  /** True when a capture of this format starts at `bytes[at]`; at least `magicBytes` are there. */
  matches(bytes: Uint8Array, at: number): boolean;
  open(info: SourceInfo, damage: DamageLog): RecordReader;
}

/** The time of a row, whatever the capture claims: a fraction beyond one second carries, and seconds saturate. */
export function writeTime(batch: PacketBatch, row: number, seconds: number, nanos: number): void {
  if (nanos >= 1_000_000_000) {
    seconds += Math.floor(nanos / 1_000_000_000);
    nanos %= 1_000_000_000;
  }
  batch.tsSeconds[row] = seconds < 0 ? 0 : seconds > 0xffff_ffff ? 0xffff_ffff : seconds;
  batch.tsNanos[row] = nanos;
}
