import { seeded } from './seeded.ts';

/** An even choice of the rows that come by, `limit` at most; the same rows give the same choice. */
export class Reservoir {
  readonly width: number;
  seen = 0;
  readonly #limit: number;
  readonly #random: () => number;
  #rows: Float32Array;

  constructor(width: number, limit: number) {
    this.width = width;
    this.#limit = limit;
    this.#random = seeded(limit);
    this.#rows = new Float32Array(width * Math.min(limit, 16));
  }

  get count(): number {
    return Math.min(this.seen, this.#limit);
  }

  get rows(): Float32Array {
    return this.#rows.subarray(0, this.count * this.width);
  }

  add(row: Float32Array): void {
    const place = this.seen < this.#limit ? this.seen : Math.floor(this.#random() * (this.seen + 1));
    this.seen++;
    if (place >= this.#limit) return;
    if ((place + 1) * this.width > this.#rows.length) {
      const rows = new Float32Array(Math.min(this.#limit * this.width, this.#rows.length * 2));
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows.set(row, place * this.width);
  }
}
