/**
 * A timing wheel in typed arrays: a slot hangs in the bucket of the second in which it is next looked at. Adding and
 * removing are O(1) and nothing is touched per packet: a slot that was active in the meantime is hung further on
 * when its bucket comes up.
 */

/** Seconds ahead that the wheel reaches; what is due later is looked at again at the rim. */
export const WHEEL_SECONDS = 512;

const NONE = -1;

export class TimingWheel {
  /** Links between slots; in `prev`, `-2 - bucket` says that the slot is the first of that bucket. */
  #next = new Int32Array(0);
  #prev = new Int32Array(0);
  readonly #heads = new Int32Array(WHEEL_SECONDS).fill(NONE);
  /** The second up to which buckets have been handed out; -1 before the first packet. */
  #now = -1;

  /** Bytes of state per slot. */
  static readonly bytesPerSlot = 8;

  get now(): number {
    return this.#now;
  }

  resize(capacity: number): void {
    const next = new Int32Array(capacity);
    const prev = new Int32Array(capacity);
    next.set(this.#next);
    prev.set(this.#prev);
    this.#next = next;
    this.#prev = prev;
  }

  /** Hangs a slot into the bucket of `second`, at least one second ahead of the wheel and within its reach. */
  add(slot: number, second: number): void {
    const ahead = Math.min(Math.max(second, this.#now + 1), this.#now + WHEEL_SECONDS - 1);
    const bucket = ahead & (WHEEL_SECONDS - 1);
    const head = this.#heads[bucket]!;
    this.#next[slot] = head;
    this.#prev[slot] = -2 - bucket;
    if (head !== NONE) this.#prev[head] = slot;
    this.#heads[bucket] = slot;
  }

  remove(slot: number): void {
    const next = this.#next[slot]!;
    const prev = this.#prev[slot]!;
    if (prev <= -2) this.#heads[-2 - prev] = next;
    else this.#next[prev] = next;
    if (next !== NONE) this.#prev[next] = prev;
  }

  /** Moves on to `second` and hands every slot whose bucket came up, already removed, to `due`. */
  advance(second: number, due: (slot: number) => void): void {
    if (second <= this.#now) return;
    if (this.#now < 0) {
      this.#now = second;
      return;
    }
    // One turn visits every bucket, however long the capture was silent.
    const first = Math.max(this.#now + 1, second - WHEEL_SECONDS + 1);
    this.#now = second;
    for (let s = first; s <= second; s++) {
      const bucket = s & (WHEEL_SECONDS - 1);
      let slot = this.#heads[bucket]!;
      this.#heads[bucket] = NONE;
      while (slot !== NONE) {
        const next = this.#next[slot]!;
        due(slot);
        slot = next;
      }
    }
  }

  /** Goes back to an earlier `second`. What hangs in the wheel is looked at within its next turn. */
  turnBack(second: number): void {
    if (second < this.#now) this.#now = second;
  }
}
