/**
 * A bounded cursor over bytes from the wire. Reading past the end never throws and never touches foreign
 * bytes: it returns 0 (or an empty range), moves to the end and makes `ok` false for good. A decoder reads a
 * group of fields and then checks `ok` once.
 *
 * A cursor is reused: `reset` points it at another range. It copies nothing; ranges that it hands out are
 * offsets into `bytes` and are valid as long as `bytes` is.
 */
export class Cursor {
  bytes: Uint8Array;
  offset = 0;
  end = 0;
  /** False after the first read past `end`. */
  ok = true;

  constructor(bytes: Uint8Array = EMPTY, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.reset(bytes, start, end);
  }

  /** Points the cursor at `bytes[start, end)`; the range is clamped to the array. */
  reset(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.end = Math.max(0, Math.min(end, bytes.length));
    this.offset = Math.max(0, Math.min(start, this.end));
    this.ok = start >= 0 && start <= this.end;
    return this;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** Advances over `length` bytes and returns the offset at which they start; 0 with `ok` false when short. */
  take(length: number): number {
    if (length < 0 || length > this.end - this.offset) {
      this.ok = false;
      this.offset = this.end;
      return 0;
    }
    const at = this.offset;
    this.offset = at + length;
    return at;
  }

  skip(length: number): void {
    this.take(length);
  }

  readU8(): number {
    const at = this.take(1);
    return this.ok ? this.bytes[at]! : 0;
  }

  readU16(): number {
    const at = this.take(2);
    return this.ok ? (this.bytes[at]! << 8) | this.bytes[at + 1]! : 0;
  }

  readU24(): number {
    const at = this.take(3);
    return this.ok ? (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]! : 0;
  }

  readU32(): number {
    const at = this.take(4);
    if (!this.ok) return 0;
    const b = this.bytes;
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
  }

  readU16le(): number {
    const at = this.take(2);
    return this.ok ? this.bytes[at]! | (this.bytes[at + 1]! << 8) : 0;
  }

  readU32le(): number {
    const at = this.take(4);
    if (!this.ok) return 0;
    const b = this.bytes;
    return (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
  }

  /** A 48-bit MAC address as one number. */
  readMac(): number {
    const hi = this.readU16();
    const lo = this.readU32();
    return this.ok ? hi * 0x1_0000_0000 + lo : 0;
  }
}

const EMPTY = new Uint8Array(0);
