import type { Field, FieldValue } from './value.ts';

/** What a model adds to conn.log, after Zeek's own columns: readers find columns by name. */
export const SCORE_FIELDS: readonly Field[] = [
  /** The class that the flow is called; unset when it is called nothing. */
  { name: 'ml', type: 'string' },
  /** Score of the likeliest class that is not benign, 0 to 1; unset when the model stopped scoring. */
  { name: 'ml_score', type: 'double' },
];

/** Rows that wait at most: more than flows do in any batch of packets. */
const MAX_WAITING = 65_536;

/** Rows of flows that ended wait for their scores, which come in the same order; those without one are written at the end. */
export class ScoredRows {
  readonly #write: (values: readonly FieldValue[]) => void;
  #waiting: { readonly flow: number; readonly values: readonly FieldValue[] }[] = [];
  /** Rows of `#waiting` that are written. */
  #written = 0;

  constructor(write: (values: readonly FieldValue[]) => void) {
    this.#write = write;
  }

  /** `flow`: its running number. */
  flowEnd(flow: number, values: readonly FieldValue[]): void {
    this.#waiting.push({ flow, values });
    if (this.#waiting.length - this.#written > MAX_WAITING) this.#next([undefined, undefined]);
  }

  /** `className` is '' for a flow that is called nothing. */
  flowScore(flow: number, className: string, score: number): void {
    if (this.#waiting[this.#written]?.flow !== flow) return;
    this.#next([className === '' ? undefined : className, score]);
  }

  end(): void {
    while (this.#waiting.length > 0) this.#next([undefined, undefined]);
  }

  #next(score: readonly FieldValue[]): void {
    this.#write([...this.#waiting[this.#written]!.values, ...score]);
    this.#written++;
    // Moved up now and then: shifting for each row would move all others.
    if (this.#written * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#written);
    this.#written = 0;
  }
}
