/**
 * pcapng (draft-ietf-opsawg-pcapng): both byte orders, any number of sections and interfaces; enhanced, simple and
 * obsolete packet blocks; names, statistics, comments. Ignored on purpose: the section length, hashes, flags, filters
 * and addresses of interfaces; decryption secrets, custom blocks and journal entries are counted and passed over.
 */
import { readText } from '../bytes/text.ts';
import { NO_INTERFACE, NO_LINK_TYPE, type PacketBatch } from '../packet/batch.ts';
import type { DamageLog } from './damage.ts';
import { MAX_COMMENTS, MAX_COMMENT_BYTES, MAX_INTERFACES } from './limits.ts';
import {
  BLOCK,
  IMPOSSIBLE,
  MIN_BLOCK_BYTES,
  NEED_MORE,
  PASSED_OVER,
  blockLength,
  minimumLength,
  sectionByteOrder,
  startsBlock,
} from './pcapng-block.ts';
import { readNameRecords } from './pcapng-names.ts';
import { OPTION, eachOption, readCount } from './pcapng-options.ts';
import { MICROSECONDS, type TimeUnit, split, splitTime, timeUnit } from './pcapng-time.ts';
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

export const pcapngFormat: CaptureFormat = {
  name: 'pcapng',
  magicBytes: 12,
  matches(bytes, at) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 12);
    return view.getUint32(0) === BLOCK.section && sectionByteOrder(view, 0) !== null;
  },
  open: (info, damage) => new PcapngReader(info, damage),
};

/** Latest time that a batch can hold. */
const MAX_SECONDS = 0xffff_ffff;

/** What packets need to know of their interface. */
interface SectionInterface {
  /** Number within the input, counted over all sections. */
  readonly id: number;
  readonly linkType: number;
  readonly snapLen: number;
  readonly unit: TimeUnit;
  readonly offsetSeconds: number;
  /** Where drops are counted; null beyond the bound on interfaces. */
  readonly facts: CaptureInterface | null;
  /** An ISB has stated the drops: counts of single packets are not added to it. */
  stated: boolean;
}

const UNKNOWN: SectionInterface = {
  id: NO_INTERFACE,
  linkType: NO_LINK_TYPE,
  snapLen: 0,
  unit: MICROSECONDS,
  offsetSeconds: 0,
  facts: null,
  stated: false,
};

class PcapngReader implements RecordReader {
  private readonly info: SourceInfo;
  private readonly damage: DamageLog;
  private littleEndian = true;
  /** Interfaces of the current section, by their number in it. */
  private interfaces: SectionInterface[] = [];
  private interfaceCount = 0;
  /** Stream offset of the block that could not be one; -1 while all is well. */
  private brokenAt = -1;
  private brokenReason = '';
  /** Time of the last packet: simple packet blocks have none of their own. */
  private seconds = 0;
  private nanos = 0;
  private view: DataView | null = null;
  private bytes: Uint8Array = new Uint8Array(0);
  private optionInterface: SectionInterface = UNKNOWN;

  constructor(info: SourceInfo, damage: DamageLog) {
    this.info = info;
    this.damage = damage;
  }

  read(window: Window, batch: PacketBatch): ReadStatus {
    this.view = window.view;
    this.bytes = window.bytes;
    for (;;) {
      if (batch.count === batch.capacity) return FULL;
      if (this.brokenAt >= 0 && !this.scan(window)) return window.ended ? DONE : HUNGRY;
      const at = window.start;
      const left = window.end - at;
      if (left < MIN_BLOCK_BYTES) {
        if (!window.ended) return HUNGRY;
        if (left > 0) this.damage.stopped(window.offsetOf(at), 'the last block is cut', left);
        window.start = window.end;
        return DONE;
      }
      const type = window.view.getUint32(at, this.littleEndian);
      if (type === BLOCK.section) {
        const order = sectionByteOrder(window.view, at);
        if (!order) {
          this.broken(window, 'section header without byte order');
          continue;
        }
        this.littleEndian = order === 'little';
      }
      const length = blockLength(window, at, this.littleEndian);
      if (length === NEED_MORE) {
        if (!window.ended) return HUNGRY;
        this.broken(window, 'the last block is cut');
      } else if (length === IMPOSSIBLE) {
        this.broken(window, 'block with an impossible length');
      } else if (length < minimumLength(type)) {
        this.damage.skipped(window.offsetOf(at), 'block too short for its type', length);
        window.start = at + length;
      } else {
        this.readBlock(window, batch, type, at, at + length);
        window.start = at + length;
      }
    }
  }

  /** `end` is behind the block, of which the last four bytes repeat its length. */
  private readBlock(window: Window, batch: PacketBatch, type: number, at: number, end: number): void {
    const { view } = window;
    const le = this.littleEndian;
    switch (type) {
      case BLOCK.enhancedPacket: {
        const iface = this.interfaces[view.getUint32(at + 8, le)] ?? UNKNOWN;
        this.readPacket(window, batch, at, end, iface);
        break;
      }
      case BLOCK.packet: {
        const iface = this.interfaces[view.getUint16(at + 8, le)] ?? UNKNOWN;
        const drops = view.getUint16(at + 10, le);
        if (drops !== 0xffff) this.addDrops(iface, drops);
        this.readPacket(window, batch, at, end, iface);
        break;
      }
      case BLOCK.simplePacket:
        this.readSimplePacket(view, batch, at, end);
        break;
      case BLOCK.interface:
        this.readInterface(view, at, end);
        break;
      case BLOCK.section:
        this.interfaces = [];
        if (!eachOption(view, at + 24, end - 4, le, this.onComment)) this.noteOptions(window, at);
        break;
      case BLOCK.interfaceStatistics:
        this.readStatistics(view, at, end);
        break;
      case BLOCK.nameResolution:
        if (!readNameRecords(view, at + 8, end - 4, le, this.info.resolvedNames)) {
          this.damage.skipped(window.offsetOf(at), 'name record longer than its block', 0);
        }
        break;
      default: {
        const name = PASSED_OVER.get(type) ?? 'unknown';
        this.info.otherBlocks.set(name, (this.info.otherBlocks.get(name) ?? 0) + 1);
      }
    }
  }

  /** Enhanced and obsolete packet blocks: the same fields behind the interface. */
  private readPacket(
    window: Window,
    batch: PacketBatch,
    at: number,
    end: number,
    iface: SectionInterface,
  ): void {
    const { view } = window;
    const le = this.littleEndian;
    splitTime(view.getUint32(at + 12, le), view.getUint32(at + 16, le), iface.unit);
    let captured = view.getUint32(at + 20, le);
    const room = end - at - 32;
    if (captured > room) {
      this.damage.skipped(window.offsetOf(at), 'packet longer than its block', 0);
      captured = room;
    }
    const row = batch.count;
    const seconds = split.seconds + iface.offsetSeconds;
    if (seconds < 0 || seconds > MAX_SECONDS)
      this.damage.skipped(window.offsetOf(at), 'time outside of 1970 to 2106', 0);
    writeTime(batch, row, seconds, split.nanos);
    this.seconds = batch.tsSeconds[row]!;
    this.nanos = batch.tsNanos[row]!;
    this.writeFrame(batch, at + 28, captured, view.getUint32(at + 24, le), iface);
    const options = at + 28 + ((captured + 3) & ~3);
    if (end - 4 - options >= 4) {
      this.optionInterface = iface;
      eachOption(view, options, end - 4, le, this.onPacketOption);
    }
  }

  /** Interface 0, no time, and a captured length that follows from the snaplen and the block. */
  private readSimplePacket(view: DataView, batch: PacketBatch, at: number, end: number): void {
    const iface = this.interfaces[0] ?? UNKNOWN;
    const original = view.getUint32(at + 8, this.littleEndian);
    let captured = Math.min(original, end - at - 16);
    if (iface.snapLen > 0) captured = Math.min(captured, iface.snapLen);
    writeTime(batch, batch.count, this.seconds, this.nanos);
    this.writeFrame(batch, at + 12, captured, original, iface);
  }

  private writeFrame(
    batch: PacketBatch,
    at: number,
    captured: number,
    original: number,
    iface: SectionInterface,
  ): void {
    const row = batch.count++;
    batch.frameOffset[row] = at;
    batch.capLen[row] = captured;
    batch.wireLen[row] = original < captured ? captured : original;
    batch.linkType[row] = iface.linkType;
    batch.interfaceId[row] = iface.id;
  }

  private readInterface(view: DataView, at: number, end: number): void {
    const le = this.littleEndian;
    const facts = { name: '', description: '', resolution: 6, offsetSeconds: 0 };
    eachOption(view, at + 16, end - 4, le, (code, start, length) => {
      if (code === OPTION.interfaceName) facts.name = readText(this.bytes, start, start + length);
      else if (code === OPTION.interfaceDescription)
        facts.description = readText(this.bytes, start, start + length);
      else if (code === OPTION.interfaceTimeResolution && length >= 1)
        facts.resolution = view.getUint8(start);
      else if (code === OPTION.interfaceTimeOffset && length >= 8) {
        facts.offsetSeconds = Number(view.getBigInt64(start, le));
      } else this.onComment(code, start, length);
    });
    const unit = timeUnit(facts.resolution);
    const linkType = view.getUint16(at + 8, le);
    const snapLen = view.getUint32(at + 12, le);
    const id = this.interfaceCount++;
    const described: CaptureInterface | null =
      id < MAX_INTERFACES
        ? {
            name: facts.name,
            description: facts.description,
            linkType,
            snapLen,
            timeDigits: unit.digits,
            drops: -1,
          }
        : null;
    if (described) {
      this.info.interfaces.push(described);
      this.info.timeDigits = Math.max(this.info.timeDigits, unit.digits);
      this.interfaces.push({
        id,
        linkType,
        snapLen,
        unit,
        offsetSeconds: facts.offsetSeconds,
        facts: described,
        stated: false,
      });
    }
  }

  private readStatistics(view: DataView, at: number, end: number): void {
    const le = this.littleEndian;
    const iface = this.interfaces[view.getUint32(at + 8, le)];
    if (!iface?.facts) return;
    let drops = -1;
    eachOption(view, at + 20, end - 4, le, (code, start, length) => {
      if (
        (code === OPTION.statisticsInterfaceDrops || code === OPTION.statisticsSystemDrops) &&
        length >= 8
      ) {
        drops = Math.max(0, drops) + readCount(view, start, le);
      } else this.onComment(code, start, length);
    });
    if (drops >= 0) {
      iface.facts.drops = drops;
      iface.stated = true;
    }
  }

  private addDrops(iface: SectionInterface, drops: number): void {
    if (iface.facts && !iface.stated) iface.facts.drops = Math.max(0, iface.facts.drops) + drops;
  }

  private readonly onComment = (code: number, start: number, length: number): void => {
    if (code !== OPTION.comment || this.info.comments.length >= MAX_COMMENTS) return;
    const text = readText(this.bytes, start, start + length, MAX_COMMENT_BYTES);
    if (text !== '') this.info.comments.push(text);
  };

  private readonly onPacketOption = (code: number, start: number, length: number): void => {
    if (code === OPTION.packetDropCount && length >= 8) {
      this.addDrops(this.optionInterface, readCount(this.view!, start, this.littleEndian));
    } else this.onComment(code, start, length);
  };

  private noteOptions(window: Window, at: number): void {
    this.damage.skipped(window.offsetOf(at), 'option longer than its block', 0);
  }

  private broken(window: Window, reason: string): void {
    this.brokenAt = window.offsetOf(window.start);
    this.brokenReason = reason;
    window.start++;
  }

  /** Looks for a block behind damage; true when `window.start` is at one. */
  private scan(window: Window): boolean {
    let at = window.start;
    for (; window.end - at >= MIN_BLOCK_BYTES; at++) {
      const verdict = startsBlock(window, at, this.littleEndian);
      if (verdict === NEED_MORE) break;
      if (verdict) {
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
}
