import type { Severity } from '../detect/finding.ts';
import { collectFindings } from '../detect/list.ts';
import type { Pipeline } from './pipeline.ts';

export interface FindingCount {
  /** Rule id, of the list of detectors. */
  readonly rule: string;
  readonly severity: Severity;
  count: number;
}

/** Findings so far by rule and severity; asks the detectors, changes nothing in them. */
export function countFindings(pipeline: Pipeline): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { rule, severity } of collectFindings(
    pipeline.detectors,
    pipeline.config.detect,
    pipeline.devices,
  )) {
    const known = counts.get(`${rule} ${severity}`);
    if (known === undefined) counts.set(`${rule} ${severity}`, { rule, severity, count: 1 });
    else known.count++;
  }
  return [...counts.values()];
}
