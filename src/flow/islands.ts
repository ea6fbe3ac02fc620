/**
 * Payload ranges seen beyond a hole, per flow direction: a sorted list of [start, end) in relative sequence numbers,
 * chained through one pool. Most flows never have one; the pool is bounded and a range that finds no room counts as
 * not seen.
 */

/** Ranges in the pool at most, over all flows. */
export const ISLAND_LIMIT = 65_536;
/** Ranges of one direction at most, wherever they lie: crafted traffic cannot make a packet walk further. */
export const ISLANDS_PER_DIRECTION = 64;

export class IslandPool {
  #start = new Uint32Array(256);
  #end = new Uint32Array(256);
  /** Next in list, or next free; index + 1, 0 at the end. */
  #next = new Uint32Array(256);
  #free = 0;
  #used = 0;

  start(island: number): number {
    return this.#start[island - 1]!;
  }

  end(island: number): number {
    return this.#end[island - 1]!;
  }

  next(island: number): number {
    return this.#next[island - 1]!;
  }

  /** Gives one island back and returns the one after it. */
  release(island: number): number {
    const next = this.#next[island - 1]!;
    this.#next[island - 1] = this.#free;
    this.#free = island;
    return next;
  }

  releaseAll(head: number): void {
    for (let island = head; island !== 0;) island = this.release(island);
  }

  /** Adds [start, end) to the list and returns its new head. Ranges that touch or overlap are joined. */
  insert(head: number, start: number, end: number): number {
    let before = 0;
    let at = head;
    let walked = 0;
    while (at !== 0 && ((this.#end[at - 1]! - start) | 0) < 0) {
      walked++;
      before = at;
      at = this.#next[at - 1]!;
    }
    if (walked + this.#length(at) >= ISLANDS_PER_DIRECTION && !this.#touches(at, end)) return head;
    // Swallow what the new range touches.
    while (this.#touches(at, end)) {
      if (((this.#start[at - 1]! - start) | 0) < 0) start = this.#start[at - 1]!;
      if (((this.#end[at - 1]! - end) | 0) > 0) end = this.#end[at - 1]!;
      at = this.release(at);
      if (before === 0) head = at;
      else this.#next[before - 1] = at;
    }
    const island = this.#take();
    if (island === 0) return head;
    this.#start[island - 1] = start;
    this.#end[island - 1] = end;
    this.#next[island - 1] = at;
    if (before === 0) return island;
    this.#next[before - 1] = island;
    return head;
  }

  /** End of the last range of a list. */
  lastEnd(head: number): number {
    let island = head;
    while (this.#next[island - 1] !== 0) island = this.#next[island - 1]!;
    return this.#end[island - 1]!;
  }

  #touches(island: number, end: number): boolean {
    return island !== 0 && ((this.#start[island - 1]! - end) | 0) <= 0;
  }

  #length(head: number): number {
    let length = 0;
    for (let island = head; island !== 0; island = this.#next[island - 1]!) length++;
    return length;
  }

  #take(): number {
    if (this.#free !== 0) {
      const island = this.#free;
      this.#free = this.#next[island - 1]!;
      return island;
    }
    if (this.#used === ISLAND_LIMIT) return 0;
    if (this.#used === this.#start.length) this.#grow();
    return ++this.#used;
  }

  #grow(): void {
    const size = this.#start.length * 2;
    const wider = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const array = new Uint32Array(size);
      array.set(old);
      return array;
    };
    this.#start = wider(this.#start);
    this.#end = wider(this.#end);
    this.#next = wider(this.#next);
  }
}
