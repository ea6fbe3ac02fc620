/**
 * Snoop (RFC 1761), versions 1 and 2, as Solaris and many appliances write it; with the link types of its registry and
 * of Sun's Token Ring, FDDI and InfiniBand. The drop counter of the records is the capture's drops.
 */
import { NO_LINK_TYPE, type PacketBatch } from '../packet/batch.ts';
import type { DamageLog } from './damage.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
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

  constructor(info: SourceInfo, damage: DamageLog) {
    this.info = info;
    this.damage = damage;
  }

  read(window: Window, batch: PacketBatch): ReadStatus {
    const facts = this.facts ?? this.readFileHeader(window);
    if (!facts) return window.ended ? DONE : HUNGRY;
    const { view, end } = window;
    for (;;) {
      if (batch.count === batch.capacity) return FULL;
      const at = window.start;
      if (end - at < RECORD_HEADER_BYTES) return this.hungry(window, 'the last record header is cut');
      const original = view.getUint32(at);
      const captured = view.getUint32(at + 4);
      const record = view.getUint32(at + 8);
      const padding = record - RECORD_HEADER_BYTES - captured;
      if (captured > MAX_FRAME_BYTES || padding < 0 || padding > MAX_PADDING_BYTES) {
        return this.stop(window, 'record with an impossible length');
      }
      // The padding of the last record may be missing.
      const frame = at + RECORD_HEADER_BYTES;
      if (end - frame < captured + padding && !(window.ended && end - frame >= captured)) {
        return this.hungry(window, 'the last record is cut');
      }
      facts.drops = view.getUint32(at + 12);
      const row = batch.count++;
      batch.frameOffset[row] = frame;
      batch.capLen[row] = captured;
      batch.wireLen[row] = original < captured ? captured : original;
      batch.linkType[row] = facts.linkType;
      batch.interfaceId[row] = 0;
      writeTime(batch, row, view.getUint32(at + 16), view.getUint32(at + 20) * 1000);
      window.start = Math.min(frame + captured + padding, end);
    }
  }

  private hungry(window: Window, reason: string): ReadStatus {
    return window.ended ? this.stop(window, reason) : HUNGRY;
  }

  /** Reading ends here: the rest of the stream is lost. It is still to be measured, so it is passed over. */
  private stop(window: Window, reason: string): ReadStatus {
    const lost = window.end - window.start;
    if (lost > 0) this.damage.stopped(window.offsetOf(window.start), reason, lost);
    window.start = window.end;
    return DONE;
  }

  private readFileHeader(window: Window): CaptureInterface | null {
    const at = window.start;
    if (window.end - at < FILE_HEADER_BYTES) {
      if (window.ended) this.stop(window, 'the file header is cut');
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
