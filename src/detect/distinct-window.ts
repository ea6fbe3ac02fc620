/**
 * How many distinct things there were within the last `windowSeconds`, for events in the order of time. Memory: at
 * most `limit` things; beyond that the oldest are forgotten, and the count stays at `limit`.
 *
 * Things are entries of typed arrays, found by open addressing and chained from the one that was not seen for longest
 * to the newest: the same things come again and again, and a map would take each out and put it in again.
 */

const FIRST_ENTRIES = 8;
const NONE = -1;
/** Of one entry in `entries`: hash, entry before it in the chain (of a free one: the next free one), entry behind it. */
const STRIDE = 3;
const OLDER = 1;
const NEWER = 2;

export class DistinctWindow {
  private readonly windowSeconds: number;
  private readonly limit: number;
  private entries = new Int32Array(FIRST_ENTRIES * STRIDE);
  private times = new Float64Array(FIRST_ENTRIES);
  /** Entry + 1 by hash, 0 where there is none; at most half full. */
  private slots = new Int32Array(FIRST_ENTRIES * 2);
  private used = 0;
  private free = NONE;
  private oldest = NONE;
  private newest = NONE;
  private size = 0;
  /** No entry is older, as long as time never ran backwards. */
  private floor = Infinity;
  private latest = 0;
  private isOrdered = true;

  constructor(windowSeconds: number, limit = 1024) {
    this.windowSeconds = windowSeconds;
    this.limit = limit;
  }

  /** Adds a thing by its well-spread 32-bit hash, and returns the count. */
  add(hash: number, seconds: number): number {
    const entry = this.slots[this.slotOf(hash | 0)]! - 1;
    if (entry < 0) this.append(this.take(hash | 0));
    else if (entry !== this.newest) {
      this.unlink(entry);
      this.append(entry);
    }
    this.times[this.newest] = seconds;
    if (seconds < this.latest) this.isOrdered = false;
    else this.latest = seconds;
    if (this.floor === Infinity) this.floor = seconds;
    if (!this.isOrdered || this.size > this.limit || this.floor < seconds - this.windowSeconds) {
      this.forget(seconds);
    }
    return this.size;
  }

  private forget(seconds: number): void {
    const { entries } = this;
    while (this.oldest !== NONE) {
      const { oldest } = this;
      this.floor = this.times[oldest]!;
      if (this.size <= this.limit && this.floor >= seconds - this.windowSeconds) break;
      this.unlink(oldest);
      this.vacate(this.slotOf(entries[oldest * STRIDE]!));
      entries[oldest * STRIDE + OLDER] = this.free;
      this.free = oldest;
      this.size--;
    }
  }

  /** Where the hash is, or the empty slot where it belongs. */
  private slotOf(hash: number): number {
    const { slots, entries } = this;
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = slots[at]! - 1;
      if (entry < 0 || entries[entry * STRIDE] === hash) return at;
    }
  }

  /** A new entry for the hash. */
  private take(hash: number): number {
    let entry = this.free;
    if (entry !== NONE) this.free = this.entries[entry * STRIDE + OLDER]!;
    else {
      if (this.used === this.times.length) this.grow();
      entry = this.used++;
    }
    this.entries[entry * STRIDE] = hash;
    this.slots[this.slotOf(hash)] = entry + 1;
    this.size++;
    return entry;
  }

  /** Empties a slot; those behind it that it had pushed on move up. */
  private vacate(hole: number): void {
    const { slots, entries } = this;
    const mask = slots.length - 1;
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = entries[(slots[at]! - 1) * STRIDE]! & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at]!;
      hole = at;
    }
    slots[hole] = 0;
  }

  private append(entry: number): void {
    const { entries, newest } = this;
    entries[entry * STRIDE + OLDER] = newest;
    entries[entry * STRIDE + NEWER] = NONE;
    if (newest === NONE) this.oldest = entry;
    else entries[newest * STRIDE + NEWER] = entry;
    this.newest = entry;
  }

  private unlink(entry: number): void {
    const { entries } = this;
    const older = entries[entry * STRIDE + OLDER]!;
    const newer = entries[entry * STRIDE + NEWER]!;
    if (older === NONE) this.oldest = newer;
    else entries[older * STRIDE + NEWER] = newer;
    if (newer === NONE) this.newest = older;
    else entries[newer * STRIDE + OLDER] = older;
  }

  /** All entries are in use. */
  private grow(): void {
    const count = this.used * 2;
    const entries = new Int32Array(count * STRIDE);
    entries.set(this.entries);
    this.entries = entries;
    const times = new Float64Array(count);
    times.set(this.times);
    this.times = times;
    this.slots = new Int32Array(count * 2);
    for (let entry = 0; entry < this.used; entry++) {
      this.slots[this.slotOf(entries[entry * STRIDE]!)] = entry + 1;
    }
  }
}
