import type { PacketBatch } from '../../packet/batch.ts';

/**
 * Writes pcapng blocks (draft-ietf-opsawg-pcapng) into one reused buffer: little-endian, no options but the name of an
 * interface and the resolution of its times. Whoever owns the buffer drains it: it takes `bytes[0, length)` away and
 * sets `length` to 0.
 */
const SECTION = 0x0a0d_0d0a;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const OPTION_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const MICROSECOND_DIGITS = 6;
const TWO_32 = 0x1_0000_0000;

const SECTION_BYTES = 28;
/** An enhanced packet block around its frame, without padding. */
const PACKET_OVERHEAD_BYTES = 32;
const MAX_NAME_BYTES = 256;
const RESOLUTION_BYTES = 8;
const INTERFACE_BYTES = 20 + 4 + MAX_NAME_BYTES + RESOLUTION_BYTES + 4;

export class PcapngWriter {
  readonly bytes: Buffer;
  /** Bytes that were written and not taken away. */
  length = 0;
  readonly #view: DataView;
  /** Over the chunk of the batch written last: making a view costs more than copying a frame. */
  #chunk: Buffer = Buffer.alloc(0);

  constructor(capacity: number) {
    this.bytes = Buffer.alloc(capacity);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, capacity);
  }

  /** Whether a packet of so many captured bytes fits behind what is there. */
  fits(capLen: number): boolean {
    return this.length + PACKET_OVERHEAD_BYTES + ((capLen + 3) & ~3) <= this.bytes.length;
  }

  /** A new section: interfaces are numbered from 0 again. */
  section(): void {
    this.#requireRoom(SECTION_BYTES);
    const at = this.#begin(SECTION, SECTION_BYTES);
    this.#view.setUint32(at, BYTE_ORDER_MAGIC, true);
    this.#view.setUint16(at + 4, 1, true);
    this.#view.setUint16(at + 6, 0, true);
    // Unknown length of the section.
    this.#view.setUint32(at + 8, 0xffff_ffff, true);
    this.#view.setUint32(at + 12, 0xffff_ffff, true);
  }

  /** Whether a section with so many interfaces fits behind what is there. */
  fitsHeader(interfaces: number): boolean {
    return this.length + SECTION_BYTES + interfaces * INTERFACE_BYTES <= this.bytes.length;
  }

  /** `timeDigits`: decimal digits of a second in which its times count, 6 or 9. */
  interface(name: string, linkType: number, snapLen: number, timeDigits = MICROSECOND_DIGITS): void {
    this.#requireRoom(INTERFACE_BYTES);
    const text = Buffer.from(name).subarray(0, MAX_NAME_BYTES);
    const padded = (text.length + 3) & ~3;
    const resolution = timeDigits === MICROSECOND_DIGITS ? 0 : RESOLUTION_BYTES;
    const at = this.#begin(INTERFACE, 20 + 4 + padded + resolution + 4);
    this.#view.setUint16(at, linkType, true);
    this.#view.setUint16(at + 2, 0, true);
    this.#view.setUint32(at + 4, snapLen, true);
    this.#view.setUint16(at + 8, OPTION_NAME, true);
    this.#view.setUint16(at + 10, text.length, true);
    this.bytes.fill(0, at + 12, at + 12 + padded + resolution + 4);
    text.copy(this.bytes, at + 12);
    if (resolution === 0) return;
    this.#view.setUint16(at + 12 + padded, OPTION_TIME_RESOLUTION, true);
    this.#view.setUint16(at + 14 + padded, 1, true);
    this.#view.setUint8(at + 16 + padded, timeDigits);
  }

  /** Time in whole microseconds since the epoch. The caller has asked `fits`. */
  packet(interfaceId: number, micros: number, frame: Buffer, capLen: number, wireLen: number): void {
    const at = this.#packet(interfaceId, Math.floor(micros / TWO_32), micros % TWO_32, capLen, wireLen);
    frame.copy(this.bytes, at, 0, capLen);
  }

  /**
   * Row `i` of a batch under its own interface's number, whose times count in microseconds or, with `timeDigits` 9, in
   * nanoseconds. The caller has asked `fits`.
   */
  row(batch: PacketBatch, i: number, timeDigits: number): void {
    const capLen = batch.capLen[i]!;
    const seconds = batch.tsSeconds[i]!;
    const nanos = batch.tsNanos[i]!;
    let high: number;
    let low: number;
    if (timeDigits === MICROSECOND_DIGITS) {
      const micros = seconds * 1e6 + Math.floor(nanos / 1000);
      high = Math.floor(micros / TWO_32);
      low = micros % TWO_32;
    } else {
      // Nanoseconds since the epoch do not fit a double: the upper half of the seconds is counted apart.
      const upper = (seconds >>> 16) * 1e9;
      const lower = (seconds & 0xffff) * 1e9 + nanos + (upper % 0x1_0000) * 0x1_0000;
      high = Math.floor(upper / 0x1_0000) + Math.floor(lower / TWO_32);
      low = lower % TWO_32;
    }
    const at = this.#packet(batch.interfaceId[i]!, high, low, capLen, batch.wireLen[i]!);
    const chunk = this.#chunkOf(batch.bytes);
    const offset = batch.frameOffset[i]!;
    chunk.copy(this.bytes, at, offset, offset + capLen);
  }

  #chunkOf(bytes: Uint8Array): Buffer {
    if (
      this.#chunk.buffer !== bytes.buffer ||
      this.#chunk.byteOffset !== bytes.byteOffset ||
      this.#chunk.length !== bytes.length
    ) {
      this.#chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#chunk;
  }

  /** All of a packet's block but the frame; gives the offset where that goes. */
  #packet(interfaceId: number, timeHigh: number, timeLow: number, capLen: number, wireLen: number): number {
    const padded = (capLen + 3) & ~3;
    const at = this.#begin(ENHANCED_PACKET, PACKET_OVERHEAD_BYTES + padded);
    const view = this.#view;
    view.setUint32(at, interfaceId, true);
    view.setUint32(at + 4, timeHigh, true);
    view.setUint32(at + 8, timeLow, true);
    view.setUint32(at + 12, capLen, true);
    view.setUint32(at + 16, wireLen, true);
    this.bytes.fill(0, at + 20 + capLen, at + 20 + padded);
    return at + 20;
  }

  /** Both lengths and the type of a block; gives the offset of its body. */
  #begin(type: number, blockBytes: number): number {
    const at = this.length;
    this.#view.setUint32(at, type, true);
    this.#view.setUint32(at + 4, blockBytes, true);
    this.#view.setUint32(at + blockBytes - 4, blockBytes, true);
    this.length += blockBytes;
    return at + 8;
  }

  #requireRoom(bytes: number): void {
    if (this.length + bytes > this.bytes.length)
      throw new RangeError('the buffer of the writer is too small');
  }
}
