/**
 * Why a flow has its score: each group of features in turn is set to the medians of benign flows, and the groups whose
 * change takes most off the odds come first (a score near 1 hardly moves, its odds do). It says what the model looked at,
 * not what caused the traffic.
 */
import { compareNumber } from '../bytes/order.ts';
import type { BenignRange, ModelDescription } from './description.ts';
import { BATCH_ROWS, type Scorer } from './scorer.ts';

/** Groups that an explanation names. */
const MAX_REASONS = 4;
/** Log odds; what changes them by less explains nothing. */
const LEAST_EFFECT = 0.2;
/** Features of a group that a reason shows. */
const MAX_SHOWN = 3;

export interface Reason {
  readonly text: string;
  /** The score with benign values in its place. */
  readonly without: number;
}

/** A flow to explain. */
export interface Question {
  readonly row: Float32Array;
  readonly class: number;
  readonly score: number;
}

/** The reasons of each question, strongest first. */
export async function explain(
  questions: readonly Question[],
  description: ModelDescription,
  scorer: Scorer,
): Promise<Reason[][]> {
  const { benign, set, classes } = description;
  if (benign === null) return questions.map(() => []);
  const groups = groupsOf(description);
  const width = set.features.length;
  // As many questions at a time as a run of the model has room for.
  const together = Math.max(1, Math.floor(BATCH_ROWS / groups.length));
  const rows = new Float32Array(together * groups.length * width);
  const scores = new Float64Array(together * groups.length * classes.length);
  const found: Reason[][] = [];
  for (let from = 0; from < questions.length; from += together) {
    const asked = questions.slice(from, from + together);
    for (const [q, { row }] of asked.entries()) {
      for (const [g, features] of groups.entries()) {
        const at = (q * groups.length + g) * width;
        rows.set(row, at);
        for (const f of features) rows[at + f] = benign[f]!.median;
      }
    }
    await scorer.score(rows, asked.length * groups.length, scores);
    for (const [q, question] of asked.entries()) {
      const without = groups.map(
        (_, g) => scores[(q * groups.length + g) * classes.length + question.class]!,
      );
      found.push(reasonsOf(question, groups, without, description));
    }
  }
  return found;
}

/** `without`: the score without each group. The strongest is told however weak it is: no alarm is without a reason. */
function reasonsOf(
  { row, score }: Question,
  groups: readonly (readonly number[])[],
  without: readonly number[],
  description: ModelDescription,
): Reason[] {
  return groups
    .map((features, g) => ({
      first: features[0]!,
      text: reasonText(description, features, row),
      without: without[g]!,
      effect: logOdds(score) - logOdds(without[g]!),
    }))
    .filter(({ text }) => text !== '')
    .sort((a, b) => compareNumber(b.effect, a.effect) || compareNumber(a.first, b.first))
    .filter(({ effect }, place) => place === 0 || effect >= LEAST_EFFECT)
    .slice(0, MAX_REASONS)
    .map(({ text, without: score }) => ({ text, without: score }));
}

/** Indices of features by group, in the order of the set. */
function groupsOf({ set }: ModelDescription): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, { group }] of set.features.entries()) {
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [index]);
    else known.push(index);
  }
  return [...groups.values()];
}

/** `pair_flows 32 flows (benign 1 to 12)`: what of the group is farthest from usual. */
function reasonText(
  { set, benign }: ModelDescription,
  features: readonly number[],
  row: Float32Array,
): string {
  return features
    .filter((f) => row[f] !== benign![f]!.median)
    .map((f) => ({ f, oddness: oddness(row[f]!, benign![f]!) }))
    .sort((a, b) => compareNumber(b.oddness, a.oddness) || compareNumber(a.f, b.f))
    .slice(0, MAX_SHOWN)
    .map(({ f }) => {
      const { name, unit } = set.features[f]!;
      const { low, high } = benign![f]!;
      const withUnit = unit === '' ? '' : ` ${unit}`;
      return `${name} ${short(row[f]!)}${withUnit} (benign ${short(low)} to ${short(high)})`;
    })
    .join(', ');
}

/** How far a value lies from the median, in widths of the benign range. */
function oddness(value: number, { low, median, high }: BenignRange): number {
  return Math.abs(value - median) / Math.max(high - low, 1e-9);
}

/** Of a rounded score, so that 0 and 1 are finite. */
function logOdds(score: number): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, score));
  return Math.log(inside / (1 - inside));
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
