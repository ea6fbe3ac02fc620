import type { ModelDescription } from './description.ts';

/** What a model says of one flow. */
export interface Verdict {
  /** Index of the likeliest class that is not benign. */
  readonly class: number;
  /** Its score, 0–1. */
  readonly score: number;
  /** The score reaches the threshold of its class. */
  readonly isAlarm: boolean;
}

/** The verdict in the scores at `scores[at]` and on. */
export function verdictOf(
  scores: Float64Array,
  at: number,
  { classes, thresholds }: ModelDescription,
): Verdict {
  let likeliest = 1;
  for (let c = 2; c < classes.length; c++) if (scores[at + c]! > scores[at + likeliest]!) likeliest = c;
  const score = scores[at + likeliest]!;
  return { class: likeliest, score, isAlarm: score >= thresholds[likeliest]! };
}
