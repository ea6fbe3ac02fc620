/**
 * Just enough of protocol buffers to read a model file. Files are hostile until read: what a field costs is a step over its
 * bytes, and nothing is made of it before somebody asks.
 */

/** Numbers or texts in one list: more than any forest has. */
export const MAX_LIST = 65_536;

/** Highest that the format has. Runtimes take the key of a higher one modulo 2^32, which would be another field. */
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

const VARINT = 0;
const DOUBLE = 1;
const LENGTH = 2;
const SINGLE = 5;

const decoder = new TextDecoder();

/** Steps through the fields of one message after the other, without an object for either. */
export class FieldReader {
  /** Of the field that `next` found. */
  number = 0;
  isVarint = false;
  /** Of a varint; 0 for any other. Beyond 2^53 it is not exact. */
  value = 0;
  /** Where the content lies of a length-delimited field, or the four bytes of a single; empty otherwise. */
  begin = 0;
  end = 0;
  /** The bytes are no message from here on. */
  isDamaged = false;
  readonly bytes: Uint8Array;
  #at = 0;
  #limit: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#limit = bytes.length;
  }

  /** Goes on with the message in the current field of `outer`, a reader of the same bytes. */
  enter(outer: FieldReader): this {
    this.#at = outer.begin;
    this.#limit = outer.end;
    this.isDamaged = false;
    return this;
  }

  /** False after the last field, and where the message is damaged. */
  next(): boolean {
    if (this.#at >= this.#limit || this.isDamaged) return false;
    const key = this.#varint();
    const number = Math.floor(key / 8);
    if (this.isDamaged || number === 0 || number > MAX_FIELD_NUMBER) return this.#damaged();
    this.number = number;
    this.isVarint = key % 8 === VARINT;
    this.value = 0;
    this.begin = this.end = this.#at;
    switch (key % 8) {
      case VARINT:
        this.value = this.#varint();
        this.begin = this.end = this.#at;
        return !this.isDamaged;
      case DOUBLE:
        return this.#skip(8) || this.#damaged();
      case LENGTH: {
        const length = this.#varint();
        if (this.isDamaged) return false;
        this.begin = this.#at;
        if (!this.#skip(length)) return this.#damaged();
        this.end = this.#at;
        return true;
      }
      case SINGLE:
        if (!this.#skip(4)) return this.#damaged();
        this.end = this.#at;
        return true;
      default:
        return this.#damaged();
    }
  }

  get length(): number {
    return this.end - this.begin;
  }

  content(): Uint8Array {
    return this.bytes.subarray(this.begin, this.end);
  }

  text(): string {
    return decoder.decode(this.content());
  }

  #skip(length: number): boolean {
    if (length > this.#limit - this.#at) return false;
    this.#at += length;
    return true;
  }

  #damaged(): false {
    this.isDamaged = true;
    return false;
  }

  /** Seven bits a byte, least first, at most ten bytes. */
  #varint(): number {
    const { bytes } = this;
    let value = 0;
    let scale = 1;
    for (let n = 0; n < 10 && this.#at < this.#limit; n++) {
      const byte = bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    this.isDamaged = true;
    return 0;
  }
}

/** Varints one after the other, added to `into`; false when they end within one, or are more than `MAX_LIST`. */
export function readPackedInts(bytes: Uint8Array, into: number[]): boolean {
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    // Ten bytes at most, as above.
    if (scale > 128 ** 9) return false;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 0x80) continue;
    if (into.length >= MAX_LIST) return false;
    into.push(value);
    value = 0;
    scale = 1;
  }
  return scale === 1;
}

/** As above for 32-bit floats. */
export function readPackedSingles(bytes: Uint8Array, into: number[]): boolean {
  if (bytes.length % 4 !== 0 || into.length + bytes.length / 4 > MAX_LIST) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 4) into.push(view.getFloat32(at, true));
  return true;
}
