/**
 * Writes pcapng blocks (draft-ietf-opsawg-pcapng) into one reused buffer: little-endian, microseconds, no options but
 * the name of an interface. Whoever owns the buffer drains it: it takes `bytes[0, length)` away and sets `length` to 0.
 */
const SECTION = 0x0a0d_0d0a;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const OPTION_NAME = 2;

const SECTION_BYTES = 28;
/** An enhanced packet block around its frame, without padding. */
const PACKET_OVERHEAD_BYTES = 32;
const MAX_NAME_BYTES = 256;
const INTERFACE_BYTES = 20 + 4 + MAX_NAME_BYTES + 4;

export class PcapngWriter {
  readonly bytes: Buffer;
  /** Bytes that were written and not taken away. */
  length = 0;
  readonly #view: DataView;

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

  interface(name: string, linkType: number, snapLen: number): void {
    this.#requireRoom(INTERFACE_BYTES);
    const text = Buffer.from(name).subarray(0, MAX_NAME_BYTES);
    const padded = (text.length + 3) & ~3;
    const at = this.#begin(INTERFACE, 20 + 4 + padded + 4);
    this.#view.setUint16(at, linkType, true);
    this.#view.setUint16(at + 2, 0, true);
    this.#view.setUint32(at + 4, snapLen, true);
    this.#view.setUint16(at + 8, OPTION_NAME, true);
    this.#view.setUint16(at + 10, text.length, true);
    this.bytes.fill(0, at + 12, at + 12 + padded + 4);
    text.copy(this.bytes, at + 12);
  }

  /** Time in whole microseconds since the epoch. The caller has asked `fits`. */
  packet(interfaceId: number, micros: number, frame: Buffer, capLen: number, wireLen: number): void {
    const padded = (capLen + 3) & ~3;
    const at = this.#begin(ENHANCED_PACKET, PACKET_OVERHEAD_BYTES + padded);
    const view = this.#view;
    view.setUint32(at, interfaceId, true);
    view.setUint32(at + 4, Math.floor(micros / 0x1_0000_0000), true);
    view.setUint32(at + 8, micros % 0x1_0000_0000, true);
    view.setUint32(at + 12, capLen, true);
    view.setUint32(at + 16, wireLen, true);
    frame.copy(this.bytes, at + 20, 0, capLen);
    this.bytes.fill(0, at + 20 + capLen, at + 20 + padded);
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
