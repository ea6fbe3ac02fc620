/**
 * The last flows of one originator to one responder, port and protocol: how regular they are and how alike. Rings of
 * `limit` places, which plain arrays grow to: most pairs have one flow.
 */
export class RecentPair {
  readonly #limit: number;
  readonly #seconds: number;
  #starts: number[] = [];
  #payloads: number[] = [];
  #isUnanswered: number[] = [];
  #oldest = 0;
  #unanswered = 0;
  count = 0;
  /** Mean seconds between begins; 0 for one flow. */
  interval = 0;
  /** Standard deviation of the seconds between begins over their mean; -1 for fewer than three flows. */
  intervalVariation = -1;
  /** Flows with the payload of the one that was added last. */
  samePayload = 0;

  constructor(limit: number, seconds: number) {
    this.#limit = limit;
    this.#seconds = seconds;
  }

  get unansweredShare(): number {
    return this.#unanswered / this.count;
  }

  get samePayloadShare(): number {
    return this.samePayload / this.count;
  }

  add(start: number, payload: number, isUnanswered: boolean): void {
    while (
      this.count > 0 &&
      (this.count === this.#limit || start - this.#starts[this.#oldest]! > this.#seconds)
    ) {
      this.#unanswered -= this.#isUnanswered[this.#oldest]!;
      this.#oldest = (this.#oldest + 1) % this.#limit;
      this.count--;
    }
    const at = (this.#oldest + this.count) % this.#limit;
    this.#starts[at] = start;
    this.#payloads[at] = payload;
    this.#isUnanswered[at] = isUnanswered ? 1 : 0;
    this.count++;
    if (isUnanswered) this.#unanswered++;
    this.#measure(payload);
  }

  #measure(payload: number): void {
    const { count } = this;
    const places = this.#limit;
    let sum = 0;
    let squares = 0;
    let same = 0;
    let previous = 0;
    for (let n = 0, at = this.#oldest; n < count; n++, at = at + 1 === places ? 0 : at + 1) {
      if (this.#payloads[at] === payload) same++;
      const start = this.#starts[at]!;
      if (n > 0) sum += Math.abs(start - previous);
      previous = start;
    }
    this.samePayload = same;
    this.interval = count < 2 ? 0 : sum / (count - 1);
    if (count < 3 || this.interval === 0) {
      this.intervalVariation = count < 3 ? -1 : 0;
      return;
    }
    for (let n = 0, at = this.#oldest; n < count; n++, at = at + 1 === places ? 0 : at + 1) {
      const start = this.#starts[at]!;
      if (n > 0) squares += (Math.abs(start - previous) - this.interval) ** 2;
      previous = start;
    }
    this.intervalVariation = Math.sqrt(squares / (count - 1)) / this.interval;
  }
}
