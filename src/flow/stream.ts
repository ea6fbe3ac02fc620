import { type IssueCounter, ISSUE } from '../packet/issue.ts';
import { wider } from './columns.ts';
import { IslandPool } from './islands.ts';

/**
 * Stream starts: the first bytes of TCP directions whose message did not come whole in one segment. Segments may come
 * out of order, repeated, overlapping (the first bytes of a place are kept) or cut. Bytes live in pages of one
 * buffer; a stream has `inspectBytes` at most, all streams together `inspectBudgetBytes`.
 */

/** Bytes of a page. */
export const PAGE_BYTES = 2048;

const FIRST_PAGES = 64;
const FIRST_STREAMS = 64;

export class StreamStore {
  /** Bytes kept of one stream at most. */
  readonly limit: number;
  readonly #pagesPerStream: number;
  readonly #maxPages: number;
  readonly #issues: IssueCounter;
  #bytes = new Uint8Array(0);
  #freePages = new Int32Array(0);
  #freePageCount = 0;
  #pagesUsed = 0;
  /** Page number + 1 for each page of each stream, 0 where there is none yet. */
  #pages: Int32Array;
  /** Bytes from the start without a hole. */
  #whole = new Uint32Array(FIRST_STREAMS);
  /** What the inspector knows of a stream: sequence number of its first byte, bytes offered and messages told last. */
  base = new Uint32Array(FIRST_STREAMS);
  offered = new Uint32Array(FIRST_STREAMS);
  observed = new Uint8Array(FIRST_STREAMS);
  /** Ranges beyond a hole. */
  #islands = new Uint32Array(FIRST_STREAMS);
  #freeStreams: number[] = [];
  #streamsUsed = 0;
  readonly #pool = new IslandPool();
  /** Where a stream of several pages is joined for a decoder. */
  readonly #joined: Uint8Array;

  constructor(inspectBytes: number, budgetBytes: number, issues: IssueCounter) {
    this.#pagesPerStream = Math.max(1, Math.ceil(inspectBytes / PAGE_BYTES));
    this.limit = this.#pagesPerStream * PAGE_BYTES;
    this.#maxPages = Math.floor(budgetBytes / PAGE_BYTES);
    this.#issues = issues;
    this.#pages = new Int32Array(FIRST_STREAMS * this.#pagesPerStream);
    this.#joined = new Uint8Array(this.limit);
  }

  /** A new empty stream whose first byte has sequence number `base`. */
  open(base: number): number {
    const stream = this.#freeStreams.pop() ?? this.#streamsUsed++;
    if (stream === this.#whole.length) this.#growStreams();
    this.base[stream] = base;
    this.offered[stream] = 0;
    this.observed[stream] = 0;
    this.#whole[stream] = 0;
    this.#islands[stream] = 0;
    return stream;
  }

  close(stream: number): void {
    const first = stream * this.#pagesPerStream;
    for (let p = first; p < first + this.#pagesPerStream; p++) {
      if (this.#pages[p] !== 0) this.#freePages[this.#freePageCount++] = this.#pages[p]! - 1;
      this.#pages[p] = 0;
    }
    this.#pool.releaseAll(this.#islands[stream]!);
    this.#islands[stream] = 0;
    this.#freeStreams.push(stream);
  }

  /** Bytes from the start without a hole. */
  whole(stream: number): number {
    return this.#whole[stream]!;
  }

  /**
   * Keeps `bytes[start, end)` as the stream's bytes from `offset` on, as far as they lie within the limit; places
   * that hold a byte already keep it. False when the budget is used up (counted for `packet`).
   */
  write(
    stream: number,
    offset: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
  ): boolean {
    const stop = Math.min(offset + (end - start), this.limit);
    let at = Math.max(offset, this.#whole[stream]!);
    if (at >= stop) return true;
    const from = start - offset;
    const begin = at;
    const head = this.#islands[stream]!;
    for (let island = head; island !== 0 && at < stop; island = this.#pool.next(island)) {
      if (this.#pool.end(island) <= at) continue;
      const gapEnd = Math.min(stop, this.#pool.start(island));
      if (at < gapEnd && !this.#copy(stream, at, bytes, from + at, from + gapEnd, packet)) return false;
      at = Math.max(at, this.#pool.end(island));
    }
    if (at < stop && !this.#copy(stream, at, bytes, from + at, from + stop, packet)) return false;

    if (begin > this.#whole[stream]!) {
      this.#islands[stream] = this.#pool.insert(head, begin, stop);
      return true;
    }
    let whole = stop;
    let rest = head;
    while (rest !== 0 && this.#pool.start(rest) <= whole) {
      whole = Math.max(whole, this.#pool.end(rest));
      rest = this.#pool.release(rest);
    }
    this.#islands[stream] = rest;
    this.#whole[stream] = whole;
    return true;
  }

  /** The stream's bytes without a hole, from its start; valid until the next call of any method. */
  read(stream: number): Uint8Array {
    const whole = this.#whole[stream]!;
    const first = stream * this.#pagesPerStream;
    for (let at = 0, p = first; at < whole; at += PAGE_BYTES, p++) {
      const page = (this.#pages[p]! - 1) * PAGE_BYTES;
      this.#joined.set(this.#bytes.subarray(page, page + Math.min(PAGE_BYTES, whole - at)), at);
    }
    return this.#joined;
  }

  #copy(
    stream: number,
    offset: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
  ): boolean {
    for (let at = offset, from = start; from < end;) {
      const within = at % PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - within, end - from);
      const entry = stream * this.#pagesPerStream + Math.floor(at / PAGE_BYTES);
      if (this.#pages[entry] === 0) {
        const page = this.#takePage();
        if (page < 0) {
          this.#issues.add(ISSUE['stream/budget'], packet);
          return false;
        }
        this.#pages[entry] = page + 1;
      }
      const to = (this.#pages[entry]! - 1) * PAGE_BYTES + within;
      for (let n = 0; n < length; n++) this.#bytes[to + n] = bytes[from + n]!;
      at += length;
      from += length;
    }
    return true;
  }

  #takePage(): number {
    if (this.#freePageCount > 0) return this.#freePages[--this.#freePageCount]!;
    if (this.#pagesUsed >= this.#maxPages) return -1;
    const pages = this.#bytes.length / PAGE_BYTES;
    if (this.#pagesUsed === pages) {
      const wider = Math.min(this.#maxPages, Math.max(FIRST_PAGES, pages * 2));
      const bytes = new Uint8Array(wider * PAGE_BYTES);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
      const free = new Int32Array(wider);
      free.set(this.#freePages);
      this.#freePages = free;
    }
    return this.#pagesUsed++;
  }

  #growStreams(): void {
    const count = this.#whole.length * 2;
    this.#whole = wider(this.#whole, new Uint32Array(count));
    this.base = wider(this.base, new Uint32Array(count));
    this.offered = wider(this.offered, new Uint32Array(count));
    this.observed = wider(this.observed, new Uint8Array(count));
    this.#islands = wider(this.#islands, new Uint32Array(count));
    this.#pages = wider(this.#pages, new Int32Array(count * this.#pagesPerStream));
  }
}
