/** One bzip2 block: Huffman codes, move to front, Burrows-Wheeler transform, run lengths. */
import { damaged } from './decompressor.ts';

const MAX_CODE_BITS = 20;
const GROUP_SYMBOLS = 50;
const MAX_SELECTORS = 18_002;
const OUTPUT_BYTES = 64 * 1024;
const MAX_ALPHABET = 258;

/** Bits from the most significant on. Beyond the end they are zero, and `overrun` is set. */
class BitReader {
  at = 0;
  overrun = false;
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  private buffer = 0;
  private count = 0;

  reset(): void {
    this.buffer = 0;
    this.count = 0;
    this.overrun = false;
  }

  attach(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Drops the rest of the current byte; the offset of the next one. */
  detachAtByte(): number {
    const whole = this.count >>> 3;
    this.reset();
    return this.at - whole;
  }

  /** The next `bits` (at most 24), not consumed. */
  peek(bits: number): number {
    while (this.count < bits) {
      // Bits beyond the end are asked for by a look-ahead too: only consuming them is an overrun.
      this.buffer = (this.buffer << 8) | (this.at < this.end ? this.bytes[this.at]! : 0);
      this.at++;
      this.count += 8;
    }
    return (this.buffer >>> (this.count - bits)) & ((1 << bits) - 1);
  }

  drop(bits: number): void {
    this.count -= bits;
    if (this.at - (this.count >>> 3) > this.end) this.overrun = true;
  }

  read(bits: number): number {
    const value = this.peek(bits);
    this.drop(bits);
    return value;
  }
}

/** A canonical Huffman code. */
class Code {
  readonly lengths = new Uint8Array(MAX_ALPHABET);
  /** Largest code of each length, aligned to `MAX_CODE_BITS`; and what to subtract for the index in `symbols`. */
  readonly limit = new Int32Array(MAX_CODE_BITS + 2);
  readonly base = new Int32Array(MAX_CODE_BITS + 2);
  readonly symbols = new Uint16Array(MAX_ALPHABET);
  shortest = 0;

  build(alphabet: number): void {
    let next = 0;
    let code = 0;
    this.shortest = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      this.base[length] = next - code;
      for (let symbol = 0; symbol < alphabet; symbol++) {
        if (this.lengths[symbol] === length) {
          this.symbols[next++] = symbol;
          code++;
        }
      }
      if (code > 0 && this.shortest === 0) this.shortest = length;
      if (code > 1 << length) throw damaged('bad code');
      this.limit[length] = code * 2 ** (MAX_CODE_BITS - length);
      code <<= 1;
    }
  }

  read(bits: BitReader): number {
    const ahead = bits.peek(MAX_CODE_BITS);
    let length = this.shortest;
    while (length <= MAX_CODE_BITS && ahead >= this.limit[length]!) length++;
    if (length > MAX_CODE_BITS || length === 0) throw damaged('bad code');
    bits.drop(length);
    return this.symbols[(ahead >>> (MAX_CODE_BITS - length)) + this.base[length]!]!;
  }
}

export class Bzip2Block {
  readonly bits = new BitReader();
  private readonly maxSymbols: number;
  /** Low byte: the symbol; the other 24 bits: where the next one is. */
  private readonly transform: Uint32Array;
  private readonly selectors = new Uint8Array(MAX_SELECTORS);
  private readonly codes = Array.from({ length: 6 }, () => new Code());
  private readonly output = new Uint8Array(OUTPUT_BYTES);
  private count = 0;
  private origin = 0;

  constructor(maxSymbols: number) {
    this.maxSymbols = maxSymbols;
    this.transform = new Uint32Array(maxSymbols);
  }

  /** Reads a block behind its magic number. */
  read(): void {
    const { bits } = this;
    bits.read(16);
    bits.read(16);
    if (bits.read(1) === 1) throw damaged('randomised block');
    this.origin = bits.read(24);
    const front = this.readAlphabet();
    const groups = bits.read(3);
    const selectorCount = bits.read(15);
    if (groups < 2 || groups > 6 || selectorCount === 0) throw damaged('bad block');
    this.readSelectors(groups, selectorCount);
    this.readCodes(groups, front.length + 2);
    this.readSymbols(front, Math.min(selectorCount, MAX_SELECTORS));
    if (!bits.overrun) this.invert();
  }

  /** The bytes that occur, in order: the initial move-to-front list. */
  private readAlphabet(): Uint8Array {
    const used = this.bits.read(16);
    const list: number[] = [];
    for (let high = 0; high < 16; high++) {
      if ((used & (0x8000 >>> high)) === 0) continue;
      const row = this.bits.read(16);
      for (let low = 0; low < 16; low++) if ((row & (0x8000 >>> low)) !== 0) list.push(high * 16 + low);
    }
    if (list.length === 0) throw damaged('bad block');
    return Uint8Array.from(list);
  }

  private readSelectors(groups: number, count: number): void {
    const front = [0, 1, 2, 3, 4, 5];
    for (let i = 0; i < count; i++) {
      let index = 0;
      while (this.bits.read(1) === 1) if (++index >= groups) throw damaged('bad block');
      const [selected] = front.splice(index, 1);
      front.unshift(selected!);
      // Some writers give more selectors than any block can use.
      if (i < MAX_SELECTORS) this.selectors[i] = selected!;
      if (this.bits.overrun) return;
    }
  }

  private readCodes(groups: number, alphabet: number): void {
    for (let group = 0; group < groups; group++) {
      const code = this.codes[group]!;
      let length = this.bits.read(5);
      for (let symbol = 0; symbol < alphabet; symbol++) {
        while (this.bits.read(1) === 1) {
          length += this.bits.read(1) === 1 ? -1 : 1;
          if (length < 1 || length > MAX_CODE_BITS) throw damaged('bad code');
        }
        if (length < 1 || length > MAX_CODE_BITS) throw damaged('bad code');
        code.lengths[symbol] = length;
      }
      code.build(alphabet);
    }
  }

  private readSymbols(front: Uint8Array, selectorCount: number): void {
    const { bits, transform, maxSymbols } = this;
    const end = front.length + 1;
    let count = 0;
    let run = 0;
    let runBit = 1;
    let left = 0;
    let selector = 0;
    let code = this.codes[0]!;
    while (!bits.overrun) {
      if (left === 0) {
        if (selector === selectorCount) throw damaged('bad block');
        code = this.codes[this.selectors[selector++]!]!;
        left = GROUP_SYMBOLS;
      }
      left--;
      const symbol = code.read(bits);
      if (symbol <= 1) {
        // Run lengths of the front symbol are written in bijective base two.
        if (runBit > maxSymbols) throw damaged('bad block');
        run += runBit << symbol;
        runBit <<= 1;
        continue;
      }
      if (run > 0) {
        if (run > maxSymbols - count) throw damaged('bad block');
        transform.fill(front[0]!, count, count + run);
        count += run;
        run = 0;
        runBit = 1;
      }
      if (symbol === end) break;
      if (count === maxSymbols) throw damaged('bad block');
      const byte = front[symbol - 1]!;
      front.copyWithin(1, 0, symbol - 1);
      front[0] = byte;
      transform[count++] = byte;
    }
    this.count = count;
    if (!bits.overrun && this.origin >= count) throw damaged('bad block');
  }

  private invert(): void {
    const { transform, count } = this;
    const next = new Uint32Array(256);
    for (let i = 0; i < count; i++) next[transform[i]! & 0xff]!++;
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const occurs = next[byte]!;
      next[byte] = sum;
      sum += occurs;
    }
    for (let i = 0; i < count; i++) {
      const slot = next[transform[i]! & 0xff]!++;
      transform[slot] = (transform[slot]! & 0xff) | (i << 8);
    }
  }

  /** The contents: four equal bytes are followed by how many more there are. */
  *contents(): Generator<Uint8Array, void, undefined> {
    const { transform, output, count } = this;
    let at = transform[this.origin]! >>> 8;
    let to = 0;
    let previous = -1;
    let equal = 0;
    for (let i = 0; i < count; i++) {
      const entry = transform[at]!;
      const byte = entry & 0xff;
      at = entry >>> 8;
      if (equal === 4) {
        equal = 0;
        if (to + byte > OUTPUT_BYTES) {
          yield output.subarray(0, to);
          to = 0;
        }
        output.fill(previous, to, to + byte);
        to += byte;
        previous = -1;
        continue;
      }
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
      if (to === OUTPUT_BYTES) {
        yield output;
        to = 0;
      }
      output[to++] = byte;
    }
    if (to > 0) yield output.subarray(0, to);
  }
}
