/** The last flows of one originator to one responder, port and protocol: how regular they are and how alike. */
export class RecentPair {
  readonly #limit: number;
  readonly #seconds: number;
  readonly #starts: number[] = [];
  readonly #payloads: number[] = [];
  readonly #isUnanswered: boolean[] = [];

  constructor(limit: number, seconds: number) {
    this.#limit = limit;
    this.#seconds = seconds;
  }

  get count(): number {
    return this.#starts.length;
  }

  add(start: number, payload: number, isUnanswered: boolean): void {
    while (this.count > 0 && (this.count === this.#limit || start - this.#starts[0]! > this.#seconds)) {
      this.#starts.shift();
      this.#payloads.shift();
      this.#isUnanswered.shift();
    }
    this.#starts.push(start);
    this.#payloads.push(payload);
    this.#isUnanswered.push(isUnanswered);
  }

  get unansweredShare(): number {
    let unanswered = 0;
    for (const is of this.#isUnanswered) if (is) unanswered++;
    return unanswered / this.count;
  }

  samePayloadShare(payload: number): number {
    let same = 0;
    for (const other of this.#payloads) if (other === payload) same++;
    return same / this.count;
  }

  /** Mean seconds between begins; 0 for one flow. */
  get interval(): number {
    const { count } = this;
    let sum = 0;
    for (let i = 1; i < count; i++) sum += Math.abs(this.#starts[i]! - this.#starts[i - 1]!);
    return count < 2 ? 0 : sum / (count - 1);
  }

  /** Standard deviation of the seconds between begins over their mean; -1 for fewer than three flows. */
  get intervalVariation(): number {
    const { count, interval } = this;
    if (count < 3) return -1;
    if (interval === 0) return 0;
    let squares = 0;
    for (let i = 1; i < count; i++) {
      const deviation = Math.abs(this.#starts[i]! - this.#starts[i - 1]!) - interval;
      squares += deviation * deviation;
    }
    return Math.sqrt(squares / (count - 1)) / interval;
  }
}
