/** Counting distinct things in bounded memory: exactly up to `EXACT`, then by HyperLogLog (± 6.5 %). */

const EXACT = 512;
const REGISTER_BITS = 8;
const REGISTERS = 1 << REGISTER_BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export class DistinctCounter {
  /** The first hash; most counters never see another, and a set is large for one number. */
  private first = 0;
  private isEmpty = true;
  /** All hashes from the second on; null before it, and beyond `EXACT`. */
  private exact: Set<number> | null = null;
  private registers: Uint8Array | null = null;
  /** Of the registers; -1 when they changed since. */
  private estimate = -1;

  /** Adds a thing by a well-spread 32-bit hash; true when it is certainly new (never said beyond `EXACT`). */
  add(hash: number): boolean {
    if (this.registers !== null) {
      this.register(hash);
      return false;
    }
    if (this.exact === null) {
      if (this.isEmpty) {
        this.isEmpty = false;
        this.first = hash;
        return true;
      }
      if (this.first === hash) return false;
      this.exact = new Set([this.first, hash]);
      return true;
    }
    if (this.exact.has(hash)) return false;
    if (this.exact.size < EXACT) {
      this.exact.add(hash);
      return true;
    }
    this.registers = new Uint8Array(REGISTERS);
    for (const known of this.exact) this.register(known);
    this.exact = null;
    this.register(hash);
    return false;
  }

  get isExact(): boolean {
    return this.registers === null;
  }

  get count(): number {
    if (this.registers === null) return this.exact?.size ?? (this.isEmpty ? 0 : 1);
    if (this.estimate < 0) this.estimate = estimateOf(this.registers);
    return this.estimate;
  }

  private register(hash: number): void {
    const index = hash >>> (32 - REGISTER_BITS);
    const rank = Math.min(Math.clz32(hash << REGISTER_BITS), 32 - REGISTER_BITS) + 1;
    if (this.registers![index]! >= rank) return;
    this.registers![index] = rank;
    this.estimate = -1;
  }
}

function estimateOf(registers: Uint8Array): number {
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros++;
  }
  const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
  const estimate = raw <= 2.5 * REGISTERS && zeros > 0 ? REGISTERS * Math.log(REGISTERS / zeros) : raw;
  return Math.max(EXACT, Math.round(estimate));
}

/** A well-spread hash of an address. */
export function hashWords(words: Uint32Array, at: number, seed = 0): number {
  let h = Math.imul(words[at]! ^ seed, 0x9e3779b1) ^ words[at + 1]!;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) ^ words[at + 2]!;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ words[at + 3]!;
  return mix(h);
}

/** A well-spread hash of a number below 2^32, signed: so it is never boxed. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A well-spread hash of a text (FNV-1a, then mixed). */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x0100_0193);
  return mix(h);
}
