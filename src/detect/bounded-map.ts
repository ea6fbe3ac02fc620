/**
 * A map that holds at most `limit` entries: the one that was used longest ago makes room. Deterministic, because it
 * depends on the order of uses alone.
 */
export class BoundedMap<K, V> {
  private readonly map = new Map<K, V>();
  readonly limit: number;
  private readonly onDrop: ((value: V) => void) | undefined;
  /** Entries that had to make room. */
  dropped = 0;

  constructor(limit: number, onDrop?: (value: V) => void) {
    this.limit = limit;
    this.onDrop = onDrop;
  }

  get size(): number {
    return this.map.size;
  }

  peek(key: K): V | undefined {
    return this.map.get(key);
  }

  /** The entry of `key`, made if need be; it becomes the most recently used. */
  use(key: K, make: () => V): V {
    let value = this.map.get(key);
    if (value !== undefined) {
      this.map.delete(key);
    } else {
      if (this.map.size >= this.limit) {
        const [oldest, dropped] = this.map.entries().next().value!;
        this.map.delete(oldest);
        this.dropped++;
        this.onDrop?.(dropped);
      }
      value = make();
    }
    this.map.set(key, value);
    return value;
  }

  delete(key: K): void {
    this.map.delete(key);
  }

  entries(): IterableIterator<[K, V]> {
    return this.map.entries();
  }

  values(): IterableIterator<V> {
    return this.map.values();
  }
}
