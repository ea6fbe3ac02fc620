/**
 * LZMA2 chunks (as in .xz): a range coder and a dictionary. A chunk is at most 64 KiB compressed and 2 MiB expanded, so
 * it is decoded in one go once it is whole; what comes out is given from the dictionary itself.
 */
import { damaged } from './decompressor.ts';

/** Largest dictionary: twice what `xz -9` uses. */
export const MAX_DICTIONARY_BYTES = 128 * 1024 * 1024;

const STATES = 12;
const POSITION_STATES = 16;
const LENGTH_PROBS = 2 + POSITION_STATES * 8 * 2 + 256;
const MIN_MATCH = 2;
const ALIGN_BITS = 4;
const MAX_LITERAL_BITS = 4;

// Places in the one array of probabilities.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP_G0 = IS_REP + STATES;
const IS_REP_G1 = IS_REP_G0 + STATES;
const IS_REP_G2 = IS_REP_G1 + STATES;
const IS_REP0_LONG = IS_REP_G2 + STATES;
const POSITION_SLOT = IS_REP0_LONG + STATES * POSITION_STATES;
const POSITION_SPECIAL = POSITION_SLOT + 4 * 64;
const ALIGN = POSITION_SPECIAL + 128;
const MATCH_LENGTH = ALIGN + (1 << ALIGN_BITS);
const REP_LENGTH = MATCH_LENGTH + LENGTH_PROBS;
const LITERAL = REP_LENGTH + LENGTH_PROBS;
const PROBS = LITERAL + (0x300 << MAX_LITERAL_BITS);

/** Initial probability: one half of 2^11. */
const HALF = 1024;
const TOP = 0x100_0000;

export class Lzma2Decoder {
  readonly dictionaryBytes: number;
  private readonly dictionary: Uint8Array;
  private readonly probs = new Uint16Array(PROBS);
  private position = 0;
  /** Bytes of history that matches may refer to. */
  private filled = 0;
  private state = 0;
  private rep0 = 0;
  private rep1 = 0;
  private rep2 = 0;
  private rep3 = 0;
  private literalContextBits = 0;
  private literalPositionMask = 0;
  private positionMask = 0;
  /** Expanded bytes since the dictionary was reset: contexts depend on its low bits. */
  private expanded = 0;
  private range = 0;
  private code = 0;
  private source: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  /** The range coder has asked for a byte beyond its input. */
  private exhausted = false;

  constructor(dictionaryBytes: number) {
    this.dictionaryBytes = dictionaryBytes;
    this.dictionary = new Uint8Array(Math.max(4096, dictionaryBytes));
  }

  resetDictionary(): void {
    this.filled = 0;
    this.expanded = 0;
  }

  resetState(): void {
    this.probs.fill(HALF);
    this.state = 0;
    this.rep0 = this.rep1 = this.rep2 = this.rep3 = 0;
  }

  setProperties(properties: number): void {
    const literalContext = properties % 9;
    const literalPosition = Math.floor(properties / 9) % 5;
    const positionBits = Math.floor(properties / 45);
    if (positionBits > 4 || literalContext + literalPosition > MAX_LITERAL_BITS)
      throw damaged('bad properties');
    this.literalContextBits = literalContext;
    this.literalPositionMask = (1 << literalPosition) - 1;
    this.positionMask = (1 << positionBits) - 1;
  }

  /** Takes `length` bytes that were stored as they are. */
  *copy(source: Uint8Array, at: number, length: number): Generator<Uint8Array, void, undefined> {
    while (length > 0) {
      const step = Math.min(length, this.dictionary.length - this.position);
      this.dictionary.set(source.subarray(at, at + step), this.position);
      yield this.advance(this.position, step);
      this.expanded += step;
      at += step;
      length -= step;
    }
  }

  /**
   * Expands a chunk of `length` bytes from `source[at, end)`. A piece is valid until the next one is asked for. When the
   * input is too short it gives what can be known, and returns false.
   */
  *expand(
    source: Uint8Array,
    at: number,
    end: number,
    length: number,
  ): Generator<Uint8Array, boolean, undefined> {
    this.source = source;
    this.at = at;
    this.end = end;
    this.exhausted = false;
    this.range = 0xffff_ffff;
    this.code = 0;
    for (let i = 0; i < 5; i++) this.code = ((this.code << 8) | this.nextByte()) >>> 0;
    let left = length;
    while (left > 0 && !this.exhausted) {
      const from = this.position;
      const room = Math.min(left, this.dictionary.length - from);
      const made = this.run(room, left);
      left -= made;
      yield* this.wrapped(from, made);
    }
    return !this.exhausted;
  }

  private *wrapped(from: number, length: number): Generator<Uint8Array, void, undefined> {
    const first = Math.min(length, this.dictionary.length - from);
    if (first > 0) yield this.advance(from, first);
    if (length > first) yield this.advance(0, length - first);
  }

  /** The piece `[from, from + length)`, and the position behind it. */
  private advance(from: number, length: number): Uint8Array {
    this.position = from + length === this.dictionary.length ? 0 : from + length;
    this.filled = Math.min(this.dictionary.length, this.filled + length);
    return this.dictionary.subarray(from, from + length);
  }

  private nextByte(): number {
    if (this.at < this.end) return this.source[this.at++]!;
    this.exhausted = true;
    return 0;
  }

  private bit(index: number): 0 | 1 {
    if (this.range < TOP) {
      this.range = (this.range << 8) >>> 0;
      this.code = ((this.code << 8) | this.nextByte()) >>> 0;
    }
    const probability = this.probs[index]!;
    const bound = (this.range >>> 11) * probability;
    if (this.code < bound) {
      this.range = bound;
      this.probs[index] = probability + ((2048 - probability) >>> 5);
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    this.probs[index] = probability - (probability >>> 5);
    return 1;
  }

  private tree(base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(base + symbol);
    return symbol - (1 << bits);
  }

  private reverseTree(base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  private direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      if (this.range < TOP) {
        this.range = (this.range << 8) >>> 0;
        this.code = ((this.code << 8) | this.nextByte()) >>> 0;
      }
      this.range = this.range >>> 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit === 1) this.code -= this.range;
      value = ((value << 1) | bit) >>> 0;
    }
    return value;
  }

  private length(base: number, positionState: number): number {
    if (this.bit(base) === 0) return this.tree(base + 2 + positionState * 8, 3);
    if (this.bit(base + 1) === 0) return 8 + this.tree(base + 2 + POSITION_STATES * 8 + positionState * 8, 3);
    return 16 + this.tree(base + 2 + POSITION_STATES * 16, 8);
  }

  /** Decodes symbols until `room` bytes are written; a match may go on behind it, up to `left`. Gives their number. */
  private run(room: number, left: number): number {
    const { dictionary } = this;
    const size = dictionary.length;
    let to = this.position;
    let made = 0;
    while (made < room) {
      const positionState = this.expanded & this.positionMask;
      if (this.bit(IS_MATCH + this.state * POSITION_STATES + positionState) === 0) {
        const byte = this.literal(to, made);
        if (this.exhausted) break;
        dictionary[to] = byte;
        if (++to === size) to = 0;
        made++;
        this.expanded++;
        continue;
      }
      const length = this.match(positionState);
      if (this.exhausted) break;
      if (length > left - made) throw damaged('match longer than its chunk');
      if (this.rep0 >= Math.min(size, this.filled + made)) throw damaged('match before the beginning');
      let from = to - this.rep0 - 1;
      if (from < 0) from += size;
      for (let i = 0; i < length; i++) {
        dictionary[to] = dictionary[from]!;
        if (++to === size) to = 0;
        if (++from === size) from = 0;
      }
      made += length;
      this.expanded += length;
    }
    return made;
  }

  private literal(to: number, made: number): number {
    const { dictionary } = this;
    const size = dictionary.length;
    const previous = this.filled + made > 0 ? dictionary[to === 0 ? size - 1 : to - 1]! : 0;
    const context =
      ((this.expanded & this.literalPositionMask) << this.literalContextBits) +
      (previous >>> (8 - this.literalContextBits));
    const base = LITERAL + 0x300 * context;
    let symbol = 1;
    if (this.state >= 7) {
      let from = to - this.rep0 - 1;
      if (from < 0) from += size;
      let matched = dictionary[from]! << 1;
      let offset = 0x100;
      while (symbol < 0x100) {
        const matchedBit = matched & offset;
        const bit = this.bit(base + offset + matchedBit + symbol);
        symbol = (symbol << 1) | bit;
        offset &= bit === 1 ? matchedBit : ~matchedBit;
        matched <<= 1;
      }
    } else {
      while (symbol < 0x100) symbol = (symbol << 1) | this.bit(base + symbol);
    }
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
    return symbol & 0xff;
  }

  /** Decodes a match: its distance into `rep0`, its length as the result. */
  private match(positionState: number): number {
    const { state } = this;
    if (this.bit(IS_REP + state) === 0) {
      this.rep3 = this.rep2;
      this.rep2 = this.rep1;
      this.rep1 = this.rep0;
      const length = this.length(MATCH_LENGTH, positionState);
      this.state = state < 7 ? 7 : 10;
      this.rep0 = this.distance(length);
      return length + MIN_MATCH;
    }
    if (this.bit(IS_REP_G0 + state) === 0) {
      if (this.bit(IS_REP0_LONG + state * POSITION_STATES + positionState) === 0) {
        this.state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance: number;
      if (this.bit(IS_REP_G1 + state) === 0) distance = this.rep1;
      else {
        if (this.bit(IS_REP_G2 + state) === 0) distance = this.rep2;
        else {
          distance = this.rep3;
          this.rep3 = this.rep2;
        }
        this.rep2 = this.rep1;
      }
      this.rep1 = this.rep0;
      this.rep0 = distance;
    }
    this.state = state < 7 ? 8 : 11;
    return this.length(REP_LENGTH, positionState) + MIN_MATCH;
  }

  private distance(length: number): number {
    const slot = this.tree(POSITION_SLOT + Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >>> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return base + this.reverseTree(POSITION_SPECIAL + base - slot, bits);
    return base + this.direct(bits - ALIGN_BITS) * (1 << ALIGN_BITS) + this.reverseTree(ALIGN, ALIGN_BITS);
  }
}
