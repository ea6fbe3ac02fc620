/** What is usual, learned from rows: a forest, the score from which on a row is unusual, and the usual range of each value. */
import { compareNumber } from '../../bytes/order.ts';
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

/**
 * What makes a row unusual: first columns outside of their usual range, then those inside of it; of each, those first whose
 * median in their place lowers the score most. At least one, unless the row is all medians.
 */
export function oddColumns({ usual, forest }: History, row: Float32Array, most: number): number[] {
  const score = isolationScore(forest, row, 0);
  const changed = row.slice();
  const odd: { column: number; isOutside: boolean; effect: number }[] = [];
  for (const [column, [low, median, high]] of usual.entries()) {
    const value = row[column]!;
    if (value === median) continue;
    changed[column] = median;
    const effect = score - isolationScore(forest, changed, 0);
    changed[column] = value;
    odd.push({ column, isOutside: value < low || value > high, effect });
  }
  odd.sort(
    (a, b) =>
      Number(b.isOutside) - Number(a.isOutside) ||
      compareNumber(b.effect, a.effect) ||
      compareNumber(a.column, b.column),
  );
  return odd
    .filter(({ isOutside, effect }, place) => place === 0 || isOutside || effect > 0)
    .slice(0, most)
    .map(({ column }) => column);
}
