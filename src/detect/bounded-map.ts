/**
 * A map that holds at most `limit` entries: what was not used for longest makes room. It keeps two generations, and
 * when the young one has `limit / 2` entries it becomes the old one and the old one is dropped; so an entry that is
 * used now and then stays, and making room costs nothing per entry. Deterministic: it depends on the uses alone.
 */
export class BoundedMap<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly half: number;
  private readonly onDrop: ((value: V) => void) | undefined;
  /** Entries that had to make room. */
  dropped = 0;

  constructor(limit: number, onDrop?: (value: V) => void) {
    this.half = Math.max(1, limit >>> 1);
    this.onDrop = onDrop;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** The entry of `key`, without using it. */
  peek(key: K): V | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** The entry of `key`, made if need be. */
  use(key: K, make: () => V): V {
    let value = this.touch(key);
    if (value === undefined) {
      // What makes room is told before anything is made.
      this.makeRoom();
      this.young.set(key, (value = make()));
    }
    return value;
  }

  /** Uses the entry of `key`, if there is one. */
  touch(key: K): V | undefined {
    let value = this.young.get(key);
    if (value !== undefined) return value;
    value = this.old.get(key);
    if (value === undefined) return undefined;
    this.old.delete(key);
    this.add(key, value);
    return value;
  }

  /** Adds an entry for a key that has none. */
  add(key: K, value: V): void {
    this.makeRoom();
    this.young.set(key, value);
  }

  delete(key: K): void {
    if (!this.young.delete(key)) this.old.delete(key);
  }

  *entries(): IterableIterator<[K, V]> {
    yield* this.old;
    yield* this.young;
  }

  *values(): IterableIterator<V> {
    yield* this.old.values();
    yield* this.young.values();
  }

  private makeRoom(): void {
    if (this.young.size < this.half) return;
    this.dropped += this.old.size;
    if (this.onDrop !== undefined) for (const value of this.old.values()) this.onDrop(value);
    this.old = this.young;
    this.young = new Map();
  }
}
