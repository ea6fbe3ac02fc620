/** What is usual, learned from rows: a forest, the score from which on a row is unusual, and the usual range of each value. */
import { growForest, type IsolationForest, isolationScore } from './isolation-forest.ts';
import type { Reservoir } from './reservoir.ts';

/** Rows without which there is no history to speak of. */
export const LEAST_ROWS = 24;
/** Share of the rows learned from that may score as unusual. */
const UNUSUAL_SHARE = 0.002;
/** Below it nothing is unusual, however alike the rows are. */
const LEAST_SCORE = 0.5;

export interface History {
  readonly rows: number;
  readonly forest: IsolationForest;
  readonly threshold: number;
  /** By column: 1st percentile, median, 99th percentile. */
  readonly usual: readonly (readonly [number, number, number])[];
}

/** Null when there are too few rows. */
export function learnHistory(reservoir: Reservoir): History | null {
  const { rows, width, count } = reservoir;
  if (count < LEAST_ROWS) return null;
  const forest = growForest(rows, width, count);
  const scores = Array.from({ length: count }, (_, row) => isolationScore(forest, rows, row * width)).sort(
    (a, b) => a - b,
  );
  // Above all of few rows: one row in a thousand cannot be known from a hundred.
  const highest = scores[Math.min(count - 1, Math.ceil(count * (1 - UNUSUAL_SHARE)))]!;
  const usual = Array.from({ length: width }, (_, column) => {
    const values = Array.from({ length: count }, (_, row) => rows[row * width + column]!).sort(
      (a, b) => a - b,
    );
    const at = (share: number): number => values[Math.round((count - 1) * share)]!;
    return [at(0.01), at(0.5), at(0.99)] as const;
  });
  return {
    rows: reservoir.seen,
    forest,
    threshold: Math.round(Math.max(LEAST_SCORE, highest + 0.01) * 1e4) / 1e4,
    usual,
  };
}

/** The columns farthest outside of their usual range, farthest first; none when the row is odd only as a whole. */
export function oddColumns({ usual }: History, row: Float32Array, most: number): number[] {
  return usual
    .map(([low, median, high], column) => {
      const value = row[column]!;
      const outside = value < low ? low - value : value > high ? value - high : 0;
      return { column, odd: outside / Math.max(Math.abs(high - low), Math.abs(median) * 0.01, 1e-6) };
    })
    .filter(({ odd }) => odd > 0)
    .sort((a, b) => b.odd - a.odd || a.column - b.column)
    .slice(0, most)
    .map(({ column }) => column);
}
