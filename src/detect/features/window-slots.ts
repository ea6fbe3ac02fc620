import { BoundedMap } from '../bounded-map.ts';

/** Places in columns by key, bounded: the key that was not used for longest makes room, and its place is used again. */
export class WindowSlots {
  readonly #byKey: BoundedMap<number, number>;
  readonly #free: number[] = [];
  readonly #take: () => number;
  #made = 0;

  /** `clear` is told of each place before a key gets it; places that are new come in their order. */
  constructor(limit: number, clear: (slot: number) => void) {
    this.#byKey = new BoundedMap(limit, (slot) => this.#free.push(slot));
    this.#take = () => {
      const slot = this.#free.pop() ?? this.#made++;
      clear(slot);
      return slot;
    };
  }

  /** 0 to `limit - 1`. */
  of(key: number): number {
    return this.#byKey.use(key, this.#take);
  }
}
