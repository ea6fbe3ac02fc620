/** Whose findings are judged: those of the rules, those of a model, or both. */
import { isMlFinding } from '../model/ml-findings.ts';
import type { Report } from '../report/schema.ts';
import { FlowScorer } from './score-flows.ts';

export const OPINIONS = ['rules', 'model', 'fused'] as const;
export type Opinion = (typeof OPINIONS)[number];

/** The report with the findings of one opinion. */
export function opinionOf(report: Report, opinion: Opinion): Report {
  if (opinion === 'fused') return report;
  const ofModel = opinion === 'model';
  return { ...report, findings: report.findings.filter((finding) => isMlFinding(finding) === ofModel) };
}

export function newScorers(opinions: readonly Opinion[]): Map<Opinion, FlowScorer> {
  return new Map(opinions.map((opinion) => [opinion, new FlowScorer()]));
}
