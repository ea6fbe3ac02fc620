/**
 * Classic pcap (draft-ietf-opsawg-pcap): microseconds and nanoseconds, both byte orders, the record headers of
 * patched libpcaps (magic a1b2cd34, and two that kept the old magic), the swapped lengths of versions before 2.4.
 * Ignored on purpose: the time zone and accuracy fields (always 0 in practice), the FCS length bits.
 */
import type { PacketBatch } from '../packet/batch.ts';
import { STATE } from '../hot/layout.ts';
import { NO_LINK_TYPE } from '../packet/batch.ts';
import type { DamageLog } from './damage.ts';
import { maxFrameBytes } from './limits.ts';
import {
  MORE,
  type PcapLayout,
  RESYNC_HEADERS,
  YES,
  capturedLength,
  originalLength,
  startsRecords,
} from './pcap-layout.ts';
import {
  type CaptureFormat,
  DONE,
  FULL,
  HUNGRY,
  type ReadStatus,
  type RecordReader,
  writeTime,
} from './record-reader.ts';
import type { SourceInfo } from './source.ts';
import type { Window } from './window.ts';

const FILE_HEADER_BYTES = 24;
const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Records of zeros that are taken for packets: what a full disk leaves behind a capture is not. */
const MAX_EMPTY_RECORDS = 1000;

/** The patched libpcaps wrote Ethernet frames: shorter ones are a coincidence of small numbers. */
const MIN_PATCHED_FRAME_BYTES = 14;

/** Record header lengths that occur with each magic number, the usual one first. */
const RECORD_HEADER_BYTES: Readonly<Record<number, readonly number[]>> = {
  [MAGIC_MICROS]: [16, 24, 20],
  [MAGIC_NANOS]: [16],
  [MAGIC_MODIFIED]: [24, 28],
};

export const pcapFormat: CaptureFormat = {
  name: 'pcap',
  magicBytes: 4,
  matches(bytes, at) {
    const big = word(bytes, at);
    return big in RECORD_HEADER_BYTES || swapped(big) in RECORD_HEADER_BYTES;
  },
  open: (info, damage) => new PcapReader(info, damage),
};

class PcapReader implements RecordReader {
  private readonly info: SourceInfo;
  private readonly damage: DamageLog;
  private layout: PcapLayout | null = null;
  private maxFrame = 0;
  /**
   * Bytes between `window.start` and the next record header. The record before it stays in the window until the
   * header behind it was seen: if that is impossible, the length that led there may be what is wrong.
   */
  private lead = 0;
  /** Seconds of the last record; -1 before the first. */
  private seconds = -1;
  /** Stream offset of the header that could not be one; -1 while all is well. */
  private brokenAt = -1;
  private brokenReason = '';
  private wholeRecords = 1;
  /** Records in a row that are all zeros. */
  private emptyRecords = 0;

  constructor(info: SourceInfo, damage: DamageLog) {
    this.info = info;
    this.damage = damage;
  }

  read(window: Window, batch: PacketBatch): ReadStatus {
    if (!this.layout) {
      const status = this.readFileHeader(window);
      if (!this.layout) return status;
    }
    for (;;) {
      if (this.brokenAt >= 0 && !this.scan(window, this.layout)) return window.ended ? DONE : HUNGRY;
      const status = this.readRecords(window, batch, this.layout);
      if (this.brokenAt < 0) return status;
    }
  }

  private readRecords(window: Window, batch: PacketBatch, layout: PcapLayout): ReadStatus {
    const { view, end } = window;
    const { littleEndian, linkType, recordHeaderBytes } = layout;
    const { frameOffset, capLen, wireLen, capacity } = batch;
    const normal = layout.lengthOrder === 'normal';
    const nanosPerUnit = layout.nanoseconds ? 1 : 1000;
    const maxFrame = this.maxFrame;
    let last = window.start;
    let at = last + this.lead;
    let row = batch.count;
    let status: ReadStatus = HUNGRY;
    let seconds = this.seconds;
    const { hot } = batch;
    if (hot !== null && normal && recordHeaderBytes === 16 && window.bytes.buffer === hot.buffer) {
      const state = hot.words;
      state[STATE.last >>> 2] = last;
      const swapped = littleEndian ? 0 : 1;
      const before = row;
      const { byteOffset } = window.bytes;
      row = hot.core.frame(
        batch.base,
        byteOffset,
        at,
        end,
        row,
        capacity,
        swapped,
        nanosPerUnit,
        linkType,
        maxFrame,
      );
      at = state[STATE.at >>> 2]!;
      last = state[STATE.last >>> 2]!;
      if (row > before) {
        seconds = batch.tsSeconds[row - 1]!;
        this.emptyRecords = 0;
      }
    }
    for (;;) {
      if (row === capacity) {
        status = FULL;
        break;
      }
      if (end - at < recordHeaderBytes) {
        if (window.ended) {
          status = DONE;
          if (at < end) this.damage.stopped(window.offsetOf(at), 'the last record header is cut', end - at);
          last = end;
          at = end;
        }
        break;
      }
      const captured = normal ? view.getUint32(at + 8, littleEndian) : capturedLength(view, at, layout);
      if (captured > maxFrame) {
        this.broken(window.offsetOf(at), 'record with an impossible length', 1);
        break;
      }
      const frame = at + recordHeaderBytes;
      if (end - frame < captured) {
        if (!window.ended) break;
        this.broken(window.offsetOf(at), 'the last record is cut', 2);
        // The record before is sound as far as can be told: look behind this header only.
        last = at + 1;
        at = last;
        break;
      }
      const original = normal ? view.getUint32(at + 12, littleEndian) : originalLength(view, at, layout);
      const recordSeconds = view.getUint32(at, littleEndian);
      if (captured !== 0 || original !== 0 || recordSeconds !== 0) this.emptyRecords = 0;
      else if (++this.emptyRecords > MAX_EMPTY_RECORDS) {
        this.broken(window.offsetOf(at), 'record headers of zeros', 1);
        break;
      }
      seconds = recordSeconds;
      frameOffset[row] = frame;
      capLen[row] = captured;
      wireLen[row] = original < captured ? captured : original;
      writeTime(batch, row, seconds, view.getUint32(at + 4, littleEndian) * nanosPerUnit);
      batch.linkType[row] = linkType;
      batch.interfaceId[row] = 0;
      row++;
      last = at;
      at = frame + captured;
    }
    batch.count = row;
    this.seconds = seconds;
    window.start = last;
    this.lead = at - last;
    return status;
  }

  private broken(offset: number, reason: string, wholeRecords: number): void {
    this.brokenAt = offset;
    this.brokenReason = reason;
    this.wholeRecords = wholeRecords;
  }

  /** Looks for records behind damage, byte by byte; true when `window.start` is at one. */
  private scan(window: Window, layout: PcapLayout): boolean {
    // The place where the damage was found starts with the last good record: that one is not found again.
    let at = window.start + (this.lead > 0 ? 1 : 0);
    this.lead = 0;
    for (; window.end - at >= 16; at++) {
      const verdict = startsRecords(window, at, layout, this.seconds, RESYNC_HEADERS, this.wholeRecords);
      if (verdict === MORE) break;
      if (verdict === YES) {
        this.damage.skipped(
          this.brokenAt,
          this.brokenReason,
          Math.max(0, window.offsetOf(at) - this.brokenAt),
        );
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

  private readFileHeader(window: Window): ReadStatus {
    const at = window.start;
    if (window.end - at < FILE_HEADER_BYTES) {
      if (!window.ended) return HUNGRY;
      this.damage.stopped(window.offsetOf(at), 'the file header is cut', window.end - at);
      return DONE;
    }
    const { view } = window;
    const littleEndian = !(view.getUint32(at) in RECORD_HEADER_BYTES);
    const magic = view.getUint32(at, littleEndian);
    const major = view.getUint16(at + 4, littleEndian);
    const minor = view.getUint16(at + 6, littleEndian);
    // The upper six bits hold the length of the frame check sequence.
    const network = view.getUint32(at + 20, littleEndian) & 0x03ff_ffff;
    const linkType = network < NO_LINK_TYPE ? network : NO_LINK_TYPE;
    const base: PcapLayout = {
      littleEndian,
      nanoseconds: magic === MAGIC_NANOS,
      linkType,
      recordHeaderBytes: 0,
      lengthOrder:
        (major === 2 && minor < 3) || major === 543
          ? 'swapped'
          : major === 2 && minor === 3
            ? 'either'
            : 'normal',
    };
    const layout = chooseLayout(window, at + FILE_HEADER_BYTES, base, RECORD_HEADER_BYTES[magic]!);
    if (!layout) return HUNGRY;
    const timeDigits = layout.nanoseconds ? 9 : 6;
    this.info.interfaces.push({
      name: '',
      description: '',
      linkType,
      snapLen: view.getUint32(at + 16, littleEndian),
      timeDigits,
      drops: -1,
    });
    this.info.timeDigits = timeDigits;
    this.maxFrame = maxFrameBytes(linkType);
    this.layout = layout;
    window.start = at + FILE_HEADER_BYTES;
    return HUNGRY;
  }
}

/**
 * The record header length by which the first record leads to the second: the usual one if that makes sound
 * records or no other does. Null when more bytes are needed (on a live pipe the first packet so waits for the next).
 */
function chooseLayout(
  window: Window,
  at: number,
  base: PcapLayout,
  lengths: readonly number[],
): PcapLayout | null {
  const [usualBytes, ...otherBytes] = lengths;
  const usual = { ...base, recordHeaderBytes: usualBytes! };
  if (otherBytes.length === 0) return usual;
  const verdict = startsRecords(window, at, usual, -1, 2, 1);
  if (verdict === MORE) return null;
  if (verdict === YES) return usual;
  for (const recordHeaderBytes of otherBytes) {
    const layout = { ...base, recordHeaderBytes };
    const other = startsRecords(window, at, layout, -1, RESYNC_HEADERS, RESYNC_HEADERS);
    if (other === MORE) return null;
    if (other === YES && capturedLength(window.view, at, layout) >= MIN_PATCHED_FRAME_BYTES) return layout;
  }
  return usual;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function swapped(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
