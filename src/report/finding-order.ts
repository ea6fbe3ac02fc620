import { by, compareNumber, compareText } from '../bytes/order.ts';
import { SEVERITIES, type Severity } from '../detect/finding.ts';
import type { ReportFinding } from './schema.ts';

/** Most severe first; the order of findings in a report. */
export const compareFindings = by<ReportFinding>(
  (a, b) => compareNumber(severityRank(b.severity), severityRank(a.severity)),
  (a, b) => compareNumber(b.score, a.score),
  (a, b) => compareText(a.firstTime, b.firstTime),
  (a, b) => compareText(a.rule, b.rule),
  (a, b) => compareText(a.device, b.device),
  (a, b) => compareText(a.id, b.id),
);

/** 0 for info to 4 for critical. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
