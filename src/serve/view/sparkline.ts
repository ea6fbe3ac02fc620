/** Traffic of the last seconds as columns of blocks, one or several lines high. */

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const EIGHTHS = 8;

/** The latest values, bounded. */
export class History {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  push(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** The last `count` values, oldest first; zeros where there were none yet. */
  last(count: number): number[] {
    return Array.from({ length: count }, (_, i) => {
      const at = this.#count - count + i;
      return at < 0 || at < this.#count - this.#values.length ? 0 : this.#values[at % this.#values.length]!;
    });
  }
}

/** Lines from top to bottom; the largest value fills the height, and anything above zero shows. */
export function sparkline(values: readonly number[], height: number): string[] {
  const most = Math.max(...values, 0);
  const levels = values.map((value) =>
    most === 0 || value <= 0 ? 0 : Math.max(1, Math.round((value / most) * height * EIGHTHS)),
  );
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * EIGHTHS;
    return levels.map((level) => BLOCKS[Math.min(EIGHTHS, Math.max(0, level - below))]).join('');
  });
}
