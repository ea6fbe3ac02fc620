/** Scores for people. Text ends with a newline. */
import { formatCount, formatPercent } from '../report/quantity.ts';
import { safeText } from '../report/terminal/cell.ts';
import type { FlowScore } from './score-flows.ts';
import { type IdentityScore, SCORED_FIELDS } from './score-identity.ts';

export function renderFlowScore(name: string, score: FlowScore): string {
  const { flows, malicious, truePositives, falsePositives, falseNegatives } = score;
  const called = truePositives + falsePositives;
  const lines = [
    `${safeText(name)}: ${formatCount(flows)} connections, ${formatCount(malicious)} malicious`,
    `  precision ${share(score.precision, called)}, recall ${share(score.recall, malicious)}, F1 ${share(score.f1, malicious)}` +
      ` (${formatCount(truePositives)} found, ${formatCount(falseNegatives)} missed, ${formatCount(falsePositives)} false)`,
  ];
  for (const { label, flows: count, called: found, precision, recall, f1, techniques } of score.labels) {
    lines.push(
      `  label ${safeText(label)}: ${formatCount(count)} connections, precision ${share(precision, found + falsePositives)}, recall ${share(recall, count)}, F1 ${share(f1, count)}`,
    );
    for (const { technique, recall: part } of techniques) {
      lines.push(`    found as ${technique || 'no technique'}: ${formatPercent(part)}`);
    }
  }
  for (const one of score.techniques) {
    lines.push(
      `  technique ${one.technique || 'none'}: claims ${formatCount(one.flows)}, precision ${share(one.precision, one.flows)}, recall ${share(one.recall, malicious)}, F1 ${share(one.f1, malicious)}`,
    );
  }
  for (const { rule, technique, flows: claimed, precision } of score.rules) {
    const by = technique === '' ? rule : `${rule} (${technique})`;
    lines.push(`  rule ${by}: claims ${formatCount(claimed)}, precision ${share(precision, claimed)}`);
  }
  if (score.unreadable > 0)
    lines.push(`  ${formatCount(score.unreadable)} lines of the labels could not be read`);
  return `${lines.join('\n')}\n`;
}

/** Of nothing there is no share. */
function share(value: number, whole: number): string {
  return whole === 0 ? '–' : formatPercent(value);
}

export function renderIdentityScore(score: IdentityScore): string {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const lines = [`${score.captures} captures`];
  for (const { field, right, wrong, unknown, precision, coverage, confusion } of score.fields) {
    lines.push(
      `${field}: ${right} right, ${wrong} wrong, ${unknown} unknown · precision ${percent(precision)}, coverage ${percent(coverage)}`,
    );
    for (const { expected, answered, count } of confusion) {
      lines.push(`  ${count} × ${safeText(expected)} answered ${safeText(answered)}`);
    }
  }
  lines.push('', 'confidence   identities   right');
  for (const { from, to, count, right, meanConfidence } of score.calibration) {
    if (count === 0) continue;
    lines.push(
      `${from.toFixed(2)}–${to.toFixed(2)}    ${count} (mean ${meanConfidence.toFixed(3)})   ${percent(right / count)}`,
    );
  }
  lines.push('', 'right/wrong/unknown per device');
  for (const { name, verdicts } of score.devices) {
    const cells = SCORED_FIELDS.map((field) => `${field} ${Object.values(verdicts[field]).join('/')}`);
    lines.push(`  ${safeText(name).padEnd(20)} ${cells.join('  ')}`);
  }
  return `${lines.join('\n')}\n`;
}
