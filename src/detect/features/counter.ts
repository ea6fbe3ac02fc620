/** How often each key is there; a key that is not there any more is forgotten, so `size` is the different ones. */
export class Counter {
  readonly #counts = new Map<number, number>();

  get size(): number {
    return this.#counts.size;
  }

  of(key: number): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The count afterwards. */
  add(key: number): number {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }

  /** The count afterwards. */
  remove(key: number): number {
    const count = this.#counts.get(key)! - 1;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    return count;
  }
}
