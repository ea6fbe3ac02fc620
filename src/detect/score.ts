import { formatCount } from '../bytes/count.ts';
import { by, compareNumber, compareText } from '../bytes/order.ts';
import { SEVERITIES, type Finding, type Severity } from './finding.ts';

/** Points that the worst finding of each severity costs when it is certain; `info` costs nothing. */
const COST: Record<Severity, number> = { info: 0, low: 4, medium: 14, high: 34, critical: 55 };
/** What each further finding of the same rule by the same actor costs, of the one before it. */
const REPEAT = 0.5;

export interface ScoreReason {
  summary: string;
  /** Points taken off. */
  points: number;
}

export interface Score {
  /** 100: nothing to worry about; 0: act now. */
  value: number;
  /** What took points off, most first. */
  reasons: ScoreReason[];
}

/**
 * The score of a network, or, given the findings of one device, of that device. It starts at 100; each finding keeps
 * a share of what is left, by severity and confidence. So it is bounded, does not depend on the order, and one more
 * finding never raises it. A rule that one actor hits again weighs half as much each time: one noisy device does not
 * hide that others are well.
 */
export function scoreOf(findings: readonly Finding[]): Score {
  let left = 100;
  const taken = new Map<string, { points: number; count: number; severity: Severity }>();
  const repeats = new Map<string, number>();
  for (const finding of [...findings].sort(byWeight)) {
    const cost = costOf(finding);
    if (cost === 0) continue;
    const who = `${finding.rule} ${finding.device}`;
    const times = repeats.get(who) ?? 0;
    repeats.set(who, times + 1);
    const points = (left * cost * REPEAT ** times) / 100;
    left -= points;
    const reason = taken.get(finding.rule) ?? { points: 0, count: 0, severity: finding.severity };
    reason.points += points;
    reason.count++;
    taken.set(finding.rule, reason);
  }
  const reasons = [...taken].map(([rule, { points, count, severity }]) => ({
    summary:
      count === 1 ? `${rule} (${severity})` : `${formatCount(count)} findings of ${rule} (up to ${severity})`,
    points: Math.round(points),
  }));
  reasons.sort(
    by(
      (a, b) => compareNumber(b.points, a.points),
      (a, b) => compareText(a.summary, b.summary),
    ),
  );
  return { value: Math.round(left), reasons };
}

function costOf({ severity, confidence }: Finding): number {
  return COST[severity] * confidence;
}

/** The weightiest first, then by content: the order in which detectors report does not matter. */
const byWeight = by<Finding>(
  (a, b) => compareNumber(costOf(b), costOf(a)),
  (a, b) => compareNumber(SEVERITIES.indexOf(b.severity), SEVERITIES.indexOf(a.severity)),
  (a, b) => compareText(a.rule, b.rule),
  (a, b) => compareText(a.device, b.device),
  (a, b) => compareText(a.summary, b.summary),
);
