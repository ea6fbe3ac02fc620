import type { Severity } from '../detect/finding.ts';
import type { Pipeline } from './pipeline.ts';

export interface FindingCount {
  /** Rule id: of the list of detectors, or of a model's classes. */
  readonly rule: string;
  readonly severity: Severity;
  count: number;
}

/** Findings so far by rule and severity; asks the detectors and the model, changes nothing in them. */
export function countFindings(pipeline: Pipeline): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { rule, severity } of pipeline.findingsSoFar()) {
    const known = counts.get(`${rule} ${severity}`);
    if (known === undefined) counts.set(`${rule} ${severity}`, { rule, severity, count: 1 });
    else known.count++;
  }
  return [...counts.values()];
}
