/** Scores for people. Text ends with a newline. */
import { formatCount, formatPercent } from '../report/quantity.ts';
import { safeText } from '../report/terminal/cell.ts';
import type { FlowScore } from './score-flows.ts';
import { OPINIONS, type Opinion } from './score-opinions.ts';
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

const TITLE: Readonly<Record<Opinion, string>> = { rules: 'rules', model: 'model', fused: 'both' };

/** What the rules, the model and both together find, side by side; the details are those of both. */
export function renderOpinions(name: string, scores: Partial<Record<Opinion, FlowScore>>): string {
  const all = scores.fused ?? scores.rules!;
  const [first, ...rest] = renderFlowScore(name, all).split('\n');
  if (scores.fused === undefined) return [first, ...rest].join('\n');
  const rows = OPINIONS.flatMap((opinion) => {
    const score = scores[opinion];
    if (score === undefined) return [];
    const called = score.truePositives + score.falsePositives;
    return [
      `  ${TITLE[opinion].padEnd(7)}${share(score.precision, called).padStart(9)}${share(score.recall, score.malicious).padStart(9)}` +
        `${share(score.f1, score.malicious).padStart(9)}${formatCount(score.truePositives).padStart(11)}${formatCount(score.falseNegatives).padStart(11)}${formatCount(score.falsePositives).padStart(9)}`,
    ];
  });
  const head = `  ${''.padEnd(7)}${'precision'.padStart(9)}${'recall'.padStart(9)}${'F1'.padStart(9)}${'found'.padStart(11)}${'missed'.padStart(11)}${'false'.padStart(9)}`;
  // The first line of the rest says again what the last row does.
  return [first, head, ...rows, ...rest.slice(1)].join('\n');
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
