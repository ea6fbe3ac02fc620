/**
 * Snoop (RFC 1761), versions 1 and 2, as Solaris and many appliances write it; with the link types of its registry and
 * of Sun's Token Ring, FDDI and InfiniBand. The drop counter of the records is the capture's drops.
 */
import { NO_LINK_TYPE, type PacketBatch } from '../packet/batch.ts';
import type { DamageLog } from './damage.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import { MORE, NO, RESYNC_HEADERS, type Verdict, YES } from './pcap-layout.ts';
import {
  type CaptureFormat,
  DONE,
  FULL,
  HUNGRY,
  type ReadStatus,
  type RecordReader,
  writeTime,
} from './record-reader.ts';
import type { CaptureInterface, SourceInfo } from './source.ts';
import type { Window } from './window.ts';

const FILE_HEADER_BYTES = 16;
const RECORD_HEADER_BYTES = 24;
/** Padding of a record is shorter than this; a longer one is a record length that lies. */
const MAX_PADDING_BYTES = 64;
const MAGIC = [0x736e6f6f, 0x70000000] as const;

/** Snoop's datalink codes → LINKTYPE_ values. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 6],
  [2, 6],
  [4, 1],
  [8, 10],
  [9, 10],
  [0x12, 1],
  [26, 226],
]);

export const snoopFormat: CaptureFormat = {
  name: 'snoop',
  magicBytes: 12,
  matches(bytes, at) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 12);
    const version = view.getUint32(8);
    return (
      view.getUint32(0) === MAGIC[0] && view.getUint32(4) === MAGIC[1] && (version === 1 || version === 2)
    );
  },
  open: (info, damage) => new SnoopReader(info, damage),
};

class SnoopReader implements RecordReader {
  private readonly info: SourceInfo;
  private readonly damage: DamageLog;
  private facts: CaptureInterface | null = null;
  /** Stream offset of the record that could not be one; -1 while all is well. */
  private brokenAt = -1;
  private brokenReason = '';

  constructor(info: SourceInfo, damage: DamageLog) {
    this.info = info;
    this.damage = damage;
  }

  read(window: Window, batch: PacketBatch): ReadStatus {
    const facts = this.facts ?? this.readFileHeader(window);
    if (!facts) return window.ended ? DONE : HUNGRY;
    for (;;) {
      if (batch.count === batch.capacity) return FULL;
      if (this.brokenAt >= 0 && !this.scan(window)) return window.ended ? DONE : HUNGRY;
      const { view, end } = window;
      const at = window.start;
      if (end - at < RECORD_HEADER_BYTES) {
        if (!window.ended) return HUNGRY;
        if (end > at) this.damage.stopped(window.offsetOf(at), 'the last record header is cut', end - at);
        window.start = end;
        return DONE;
      }
      if (!hasPossibleLengths(view, at)) {
        this.broken(window, 'record with an impossible length');
        continue;
      }
      const captured = view.getUint32(at + 4);
      const next = at + view.getUint32(at + 8);
      const frame = at + RECORD_HEADER_BYTES;
      // The padding of the last record may be missing.
      if (end < next && !(window.ended && end - frame >= captured)) {
        if (!window.ended) return HUNGRY;
        this.broken(window, 'the last record is cut');
        continue;
      }
      const original = view.getUint32(at);
      facts.drops = view.getUint32(at + 12);
      const row = batch.count++;
      batch.frameOffset[row] = frame;
      batch.capLen[row] = captured;
      batch.wireLen[row] = original < captured ? captured : original;
      batch.linkType[row] = facts.linkType;
      batch.interfaceId[row] = 0;
      writeTime(batch, row, view.getUint32(at + 16), view.getUint32(at + 20) * 1000);
      window.start = Math.min(next, end);
    }
  }

  private broken(window: Window, reason: string): void {
    this.brokenAt = window.offsetOf(window.start);
    this.brokenReason = reason;
    window.start++;
  }

  /** Looks for records behind damage; true when `window.start` is at one. */
  private scan(window: Window): boolean {
    let at = window.start;
    for (; window.end - at >= RECORD_HEADER_BYTES; at++) {
      const verdict = startsRecords(window, at);
      if (verdict === MORE) break;
      if (verdict === YES) {
        this.damage.skipped(this.brokenAt, this.brokenReason, window.offsetOf(at) - this.brokenAt);
        this.brokenAt = -1;
        window.start = at;
        return true;
      }
    }
    window.start = at;
    if (window.ended) {
      this.damage.stopped(this.brokenAt, this.brokenReason, window.offsetOf(window.end) - this.brokenAt);
      window.start = window.end;
    }
    return false;
  }

  private readFileHeader(window: Window): CaptureInterface | null {
    const at = window.start;
    if (window.end - at < FILE_HEADER_BYTES) {
      if (window.ended) {
        this.damage.stopped(window.offsetOf(at), 'the file header is cut', window.end - at);
        window.start = window.end;
      }
      return null;
    }
    this.facts = {
      name: '',
      description: '',
      linkType: LINK_TYPES.get(window.view.getUint32(at + 12)) ?? NO_LINK_TYPE,
      snapLen: 0,
      timeDigits: 6,
      drops: 0,
    };
    this.info.interfaces.push(this.facts);
    this.info.timeDigits = 6;
    window.start = at + FILE_HEADER_BYTES;
    return this.facts;
  }
}

function hasPossibleLengths(view: DataView, at: number): boolean {
  const captured = view.getUint32(at + 4);
  const padding = view.getUint32(at + 8) - RECORD_HEADER_BYTES - captured;
  return captured <= MAX_FRAME_BYTES && padding >= 0 && padding <= MAX_PADDING_BYTES;
}

/** Whether several records in a row start at `at`, or whole ones up to the end of the stream. */
function startsRecords(window: Window, at: number): Verdict {
  const { view, end } = window;
  for (let records = 0; records < RESYNC_HEADERS; records++) {
    if (end - at < RECORD_HEADER_BYTES) return !window.ended ? MORE : records >= 2 ? YES : NO;
    const captured = view.getUint32(at + 4);
    const isSound = captured > 0 && captured <= view.getUint32(at) && view.getUint32(at + 20) < 1_000_000;
    if (!isSound || !hasPossibleLengths(view, at)) return NO;
    at += view.getUint32(at + 8);
  }
  return YES;
}
