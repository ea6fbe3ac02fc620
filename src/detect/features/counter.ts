/**
 * How often each key is there; a key that is not there any more is forgotten, so `size` is the different ones. Most
 * counters see one key in their life, and get by without a table; others are tables with open addressing, which are
 * made and changed in less time than a map. Keys are small integers, 0 to 2^30 - 1.
 */
export class Counter {
  #onlyKey = 0;
  #onlyCount = 0;
  /** Key and count of each place; a count of 0 is an empty place. */
  #table: Int32Array | null = null;
  #mask = 0;
  /** What is left of a mixed key when it is shifted by this is a place. */
  #shift = 0;
  #size = 0;

  get size(): number {
    return this.#table === null ? Math.min(1, this.#onlyCount) : this.#size;
  }

  of(key: number): number {
    if (this.#table === null) return key === this.#onlyKey ? this.#onlyCount : 0;
    return this.#table[this.#find(this.#table, key) + 1]!;
  }

  /** The count afterwards. */
  add(key: number): number {
    if (this.#table === null) {
      if (this.#onlyCount === 0) this.#onlyKey = key;
      if (this.#onlyKey === key) return ++this.#onlyCount;
      this.#makeTable(FIRST_BITS);
      this.#insert(this.#onlyKey, this.#onlyCount);
    }
    const table = this.#table!;
    const at = this.#find(table, key);
    const count = table[at + 1]! + 1;
    if (count > 1) table[at + 1] = count;
    else this.#insert(key, 1);
    return count;
  }

  /** The count afterwards; the key must be there. */
  remove(key: number): number {
    const table = this.#table;
    if (table === null) return --this.#onlyCount;
    const at = this.#find(table, key);
    const count = table[at + 1]! - 1;
    if (count > 0) table[at + 1] = count;
    else this.#empty(table, at >>> 1);
    return count;
  }

  /** Index in the table of the key, or of the empty place where it belongs. */
  #find(table: Int32Array, key: number): number {
    let place = this.#home(key);
    while (table[place * 2 + 1] !== 0 && table[place * 2] !== key) place = (place + 1) & this.#mask;
    return place * 2;
  }

  #home(key: number): number {
    return Math.imul(key, 0x9e37_79b1) >>> this.#shift;
  }

  #makeTable(bits: number): void {
    this.#table = new Int32Array(2 << bits);
    this.#mask = (1 << bits) - 1;
    this.#shift = 32 - bits;
    this.#size = 0;
  }

  /** A key that is not there; a quarter of the places stays empty. */
  #insert(key: number, count: number): void {
    if ((this.#size + 1) * 4 > (this.#mask + 1) * 3) this.#grow();
    const table = this.#table!;
    const at = this.#find(table, key);
    table[at] = key;
    table[at + 1] = count;
    this.#size++;
  }

  #grow(): void {
    const before = this.#table!;
    this.#makeTable(33 - this.#shift);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at + 1] !== 0) this.#insert(before[at]!, before[at + 1]!);
    }
  }

  /** Empties a place, and moves those up that are further from home because of it. */
  #empty(table: Int32Array, hole: number): void {
    const mask = this.#mask;
    for (let next = (hole + 1) & mask; table[next * 2 + 1] !== 0; next = (next + 1) & mask) {
      const key = table[next * 2]!;
      if (((next - this.#home(key)) & mask) < ((next - hole) & mask)) continue;
      table[hole * 2] = key;
      table[hole * 2 + 1] = table[next * 2 + 1]!;
      hole = next;
    }
    table[hole * 2 + 1] = 0;
    this.#size--;
  }
}

/** A table has 2 to the power of this places at first. */
const FIRST_BITS = 2;
