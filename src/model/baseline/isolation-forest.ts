/**
 * Isolation forest (Liu, Ting, Zhou 2008): what few random cuts set apart from all others is unusual. Values are cut on a
 * logarithmic scale, as bytes and times spread over orders of magnitude. Without labels, without Python, and the same
 * forest from the same rows.
 */
import { seeded } from './seeded.ts';

const TREES = 100;
/** Rows that a tree is grown from. */
const SAMPLE = 256;
const SEED = 0x1501_a7e5;
/** By how much the range of a column is widened: of its width, and at least half of the way from 0 to 1. */
const MARGIN = 0.15;
const LEAST_MARGIN = Math.LN2 / 2;
const MAX_SINGLE = 3.402_823_466_385_288_6e38;

/** One tree as columns; node 0 is the root, and children come after their parent. */
export interface IsolationTree {
  /** Column that is cut, -1 for a leaf. */
  readonly column: Int32Array;
  /** Values up to it go left; of a leaf what it adds to the logarithm of the score. */
  readonly value: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export interface IsolationForest {
  readonly trees: readonly IsolationTree[];
}

/** Grows a forest from `count` rows of `width` values; at least two. */
export function growForest(rows: Float32Array, width: number, count: number): IsolationForest {
  const random = seeded(SEED);
  const sample = Math.min(SAMPLE, count);
  const deepest = Math.ceil(Math.log2(Math.max(2, sample)));
  // The score is 2 to the power of minus the mean path, in units of the usual one.
  const weight = -Math.LN2 / (TREES * averagePath(sample));
  const trees: IsolationTree[] = [];
  for (let t = 0; t < TREES; t++) {
    const chosen = drawWithout(random, count, sample);
    trees.push(growTree(random, rows, width, chosen, deepest, weight));
  }
  return { trees };
}

/** From 0 to 1: about a half and less is usual, near 1 is set apart at once. */
export function isolationScore({ trees }: IsolationForest, rows: Float32Array, at: number): number {
  let sum = 0;
  for (const { column, value, left, right } of trees) {
    let node = 0;
    for (let c = column[0]!; c >= 0; c = column[node]!) {
      node = rows[at + c]! <= value[node]! ? left[node]! : right[node]!;
    }
    sum += value[node]!;
  }
  return Math.exp(sum);
}

function growTree(
  random: () => number,
  rows: Float32Array,
  width: number,
  chosen: readonly number[],
  deepest: number,
  weight: number,
): IsolationTree {
  const tree = { column: [] as number[], value: [] as number[], left: [] as number[], right: [] as number[] };
  const grow = (members: readonly number[], depth: number): number => {
    const node = tree.column.length;
    tree.column.push(-1);
    tree.value.push(0);
    tree.left.push(0);
    tree.right.push(0);
    if (depth >= deepest || members.length <= 1) {
      tree.value[node] = weight * (depth + averagePath(members.length));
      return node;
    }
    const { column, cut } = chooseSplit(random, rows, width, members);
    tree.column[node] = column;
    tree.value[node] = cut;
    const isLeft = (row: number): boolean => rows[row * width + column]! <= cut;
    tree.left[node] = grow(members.filter(isLeft), depth + 1);
    tree.right[node] = grow(
      members.filter((row) => !isLeft(row)),
      depth + 1,
    );
    return node;
  };
  grow(chosen, 0);
  return {
    column: Int32Array.from(tree.column),
    value: Float32Array.from(tree.value),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
  };
}

/**
 * A column, and a place to cut it. The range of its values is widened on both sides: what never varied while learning can
 * then be cut from what is new. The place is a single, as values are: whoever compares in singles goes the same way.
 */
function chooseSplit(
  random: () => number,
  rows: Float32Array,
  width: number,
  members: readonly number[],
): { column: number; cut: number } {
  const column = Math.floor(random() * width);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of members) {
    const value = onScale(rows[row * width + column]!);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const margin = Math.max(LEAST_MARGIN, MARGIN * (most - least));
  return { column, cut: offScale(least - margin + random() * (most - least + 2 * margin)) };
}

/** Signed logarithm. */
function onScale(value: number): number {
  return value < 0 ? -Math.log1p(-value) : Math.log1p(value);
}

/** What has this signed logarithm, as a finite single. */
function offScale(value: number): number {
  const size = Math.fround(Math.min(MAX_SINGLE, Math.expm1(Math.abs(value))));
  return value < 0 ? -size : size;
}

/** Average path of an unsuccessful search in a tree of `count` rows: what a leaf with several of them stands for. */
function averagePath(count: number): number {
  if (count <= 1) return 0;
  if (count === 2) return 1;
  return 2 * (Math.log(count - 1) + 0.577_215_664_9) - (2 * (count - 1)) / count;
}

/** `size` different numbers below `count`. */
function drawWithout(random: () => number, count: number, size: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random() * (count - i));
    const other = all[j]!;
    all[j] = all[i]!;
    all[i] = other;
  }
  return all.slice(0, size);
}
