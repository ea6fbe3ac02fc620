/**
 * The last flows of each originator to the same responder, port and protocol: how regular they are and how alike. Rings
 * in columns, as in `host-windows.ts`.
 */
import { WINDOW } from './conn-set.ts';
import { WindowSlots } from './window-slots.ts';

/** Flows that are kept of a pair; a power of two. */
const PLACES = WINDOW.pairFlows;
const MASK = PLACES - 1;

/** Pairs whose columns are made at a time. */
const CHUNK_BITS = 9;
const CHUNK = 1 << CHUNK_BITS;

export class PairWindows {
  readonly #seconds: number;
  readonly #slots: WindowSlots;
  readonly #starts: Float64Array[] = [];
  readonly #payloads: Float64Array[] = [];
  readonly #isUnanswered: Uint8Array[] = [];
  // By slot.
  readonly #oldest: Uint8Array;
  readonly #flows: Uint8Array;
  readonly #unanswered: Uint8Array;

  // Of the pair whose flow was added last:
  count = 0;
  unansweredShare = 0;
  /** Mean seconds between begins; 0 for one flow. */
  interval = 0;
  /** Standard deviation of the seconds between begins over their mean; -1 for fewer than three flows. */
  intervalVariation = -1;
  /** Share of the flows with the payload of this one. */
  samePayloadShare = 0;

  /** Of `pairs` pairs at most; the one heard from longest ago makes room. */
  constructor(pairs: number, seconds: number) {
    this.#seconds = seconds;
    this.#slots = new WindowSlots(pairs, (slot) => this.#clear(slot));
    this.#oldest = new Uint8Array(pairs);
    this.#flows = new Uint8Array(pairs);
    this.#unanswered = new Uint8Array(pairs);
  }

  /** `pair`: 30 bits. */
  add(pair: number, start: number, payload: number, isUnanswered: boolean): void {
    const slot = this.#slots.of(pair);
    const chunk = slot >>> CHUNK_BITS;
    const base = (slot & (CHUNK - 1)) * PLACES;
    const starts = this.#starts[chunk]!;
    const flags = this.#isUnanswered[chunk]!;
    let oldest = this.#oldest[slot]!;
    let count = this.#flows[slot]!;
    let unanswered = this.#unanswered[slot]!;
    while (count > 0 && (count === PLACES || start - starts[base + oldest]! > this.#seconds)) {
      unanswered -= flags[base + oldest]!;
      oldest = (oldest + 1) & MASK;
      count--;
    }
    const at = base + ((oldest + count) & MASK);
    const payloads = this.#payloads[chunk]!;
    starts[at] = start;
    payloads[at] = payload;
    flags[at] = isUnanswered ? 1 : 0;
    count++;
    if (isUnanswered) unanswered++;
    this.#oldest[slot] = oldest;
    this.#flows[slot] = count;
    this.#unanswered[slot] = unanswered;

    let same = 0;
    for (let n = 0; n < count; n++) if (payloads[base + ((oldest + n) & MASK)] === payload) same++;
    this.count = count;
    this.unansweredShare = unanswered / count;
    this.samePayloadShare = same / count;
    this.#measureIntervals(starts, base, oldest, count);
  }

  #measureIntervals(starts: Float64Array, base: number, oldest: number, count: number): void {
    this.interval = 0;
    this.intervalVariation = -1;
    if (count < 2) return;
    let sum = 0;
    let previous = starts[base + oldest]!;
    for (let n = 1; n < count; n++) {
      const start = starts[base + ((oldest + n) & MASK)]!;
      sum += Math.abs(start - previous);
      previous = start;
    }
    const mean = sum / (count - 1);
    this.interval = mean;
    if (count < 3) return;
    this.intervalVariation = 0;
    if (mean === 0) return;
    let squares = 0;
    previous = starts[base + oldest]!;
    for (let n = 1; n < count; n++) {
      const start = starts[base + ((oldest + n) & MASK)]!;
      const off = Math.abs(start - previous) - mean;
      squares += off * off;
      previous = start;
    }
    this.intervalVariation = Math.sqrt(squares / (count - 1)) / mean;
  }

  #clear(slot: number): void {
    this.#oldest[slot] = 0;
    this.#flows[slot] = 0;
    this.#unanswered[slot] = 0;
    if (slot >>> CHUNK_BITS < this.#starts.length) return;
    this.#starts.push(new Float64Array(CHUNK * PLACES));
    this.#payloads.push(new Float64Array(CHUNK * PLACES));
    this.#isUnanswered.push(new Uint8Array(CHUNK * PLACES));
  }
}
