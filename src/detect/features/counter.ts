/**
 * How often each key is there; a key that is not there any more is forgotten, so `size` is the different ones. Most
 * counters see one key in their life, and get by without a map.
 */
export class Counter {
  #onlyKey = 0;
  #onlyCount = 0;
  #counts: Map<number, number> | null = null;

  get size(): number {
    return this.#counts === null ? Math.min(1, this.#onlyCount) : this.#counts.size;
  }

  of(key: number): number {
    if (this.#counts === null) return key === this.#onlyKey ? this.#onlyCount : 0;
    return this.#counts.get(key) ?? 0;
  }

  /** The count afterwards. */
  add(key: number): number {
    if (this.#counts === null) {
      if (this.#onlyCount === 0) this.#onlyKey = key;
      if (this.#onlyKey === key) return ++this.#onlyCount;
      this.#counts = new Map([[this.#onlyKey, this.#onlyCount]]);
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }

  /** The count afterwards; the key must be there. */
  remove(key: number): number {
    if (this.#counts === null) return --this.#onlyCount;
    const count = this.#counts.get(key)! - 1;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    return count;
  }
}
