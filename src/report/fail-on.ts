/** The gate of `--fail-on`: which findings are at or above a severity. */
import type { Severity } from '../detect/finding.ts';
import { severityRank } from './finding-order.ts';
import type { Report } from './schema.ts';

/** Findings of `severity` or above, also those beyond the bound of the list. */
export function countAtLeast({ totals }: Report, severity: Severity): number {
  let count = 0;
  for (const [name, found] of Object.entries(totals.findings)) {
    if (severityRank(name as Severity) >= severityRank(severity)) count += found;
  }
  return count;
}
