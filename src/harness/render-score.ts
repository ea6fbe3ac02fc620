/** Scores for people. Text ends with a newline. */
import { formatCount } from '../report/quantity.ts';
import { safeText } from '../report/terminal/cell.ts';
import { FLOW_CLASSES } from './labels/label-class.ts';
import type { FlowScore, Quality } from './score-flows.ts';
import { OPINIONS, type Opinion } from './score-opinions.ts';
import { type IdentityScore, SCORED_FIELDS } from './score-identity.ts';

/** What one opinion finds: of all, by class, and how. */
export function renderFlowScore(name: string, score: FlowScore): string {
  const { malicious, truePositives, falsePositives, falseNegatives } = score;
  const called = truePositives + falsePositives;
  const lines = [
    headLine(name, score),
    `  precision ${share(score.precision, called)}, recall ${share(score.recall, malicious)}, F1 ${share(score.f1, malicious)}` +
      ` (${formatCount(truePositives)} found, ${formatCount(falseNegatives)} missed, ${formatCount(falsePositives)} false)`,
    ...score.classes.map(
      ({ class: className, flows, called: so, right, precision, recall, f1 }) =>
        `  class ${className}: ${formatCount(flows)} connections, precision ${share(precision, so)}, recall ${share(recall, flows)}, F1 ${share(f1, flows)}` +
        ` (${formatCount(right)} found, ${formatCount(flows - right)} missed, ${formatCount(so - right)} false)`,
    ),
    ...detailLines(score),
  ];
  return `${lines.join('\n')}\n`;
}

const TITLE: Readonly<Record<Opinion, string>> = { rules: 'rules', model: 'model', fused: 'both' };

/** What the rules, the model and both together find, side by side, of all and by class; the details are those of both. */
export function renderOpinions(name: string, scores: Partial<Record<Opinion, FlowScore>>): string {
  if (scores.fused === undefined) return renderFlowScore(name, (scores.rules ?? scores.model)!);
  const given = OPINIONS.flatMap((opinion) => {
    const score = scores[opinion];
    return score === undefined ? [] : [{ title: TITLE[opinion], score }];
  });
  const lines = [
    headLine(name, scores.fused),
    row('', ['precision', 'recall', 'F1', 'found', 'missed', 'false']),
    ...given.map(({ title, score }) => {
      const { truePositives, falsePositives, malicious } = score;
      return qualityRow(title, score, truePositives, truePositives + falsePositives, malicious);
    }),
  ];
  for (const className of FLOW_CLASSES) {
    const ofClass = given.map(({ title, score }) => ({
      title,
      score: score.classes.find((one) => one.class === className),
    }));
    const flows = Math.max(...ofClass.map(({ score }) => score?.flows ?? 0));
    if (ofClass.every(({ score }) => score === undefined)) continue;
    lines.push(`  class ${className}: ${formatCount(flows)} connections`);
    for (const { title, score = NOTHING_CALLED } of ofClass) {
      lines.push(qualityRow(title, score, score.right, score.called, flows));
    }
  }
  return `${[...lines, ...detailLines(scores.fused)].join('\n')}\n`;
}

const NOTHING_CALLED = { right: 0, called: 0, precision: 0, recall: 0, f1: 0 };

function headLine(name: string, { flows, malicious }: FlowScore): string {
  return `${safeText(name)}: ${formatCount(flows)} connections, ${formatCount(malicious)} malicious`;
}

/** `called` connections are called so, `found` of them rightly, and there are `flows`. */
function qualityRow(
  title: string,
  { precision, recall, f1 }: Quality,
  found: number,
  called: number,
  flows: number,
): string {
  const shares = [share(precision, called), share(recall, flows), share(f1, flows)];
  return row(title, [...shares, ...[found, flows - found, called - found].map(formatCount)]);
}

const WIDTHS = [10, 9, 9, 11, 11, 9];

function row(title: string, cells: readonly string[]): string {
  return `    ${title.padEnd(6)}${cells.map((cell, n) => cell.padStart(WIDTHS[n]!)).join('')}`;
}

function detailLines(score: FlowScore): string[] {
  const { malicious, falsePositives } = score;
  const lines: string[] = [];
  for (const { label, flows: count, called: found, precision, recall, f1, techniques } of score.labels) {
    lines.push(
      `  label ${safeText(label)}: ${formatCount(count)} connections, precision ${share(precision, found + falsePositives)}, recall ${share(recall, count)}, F1 ${share(f1, count)}`,
    );
    for (const { technique, recall: part } of techniques) {
      lines.push(`    found as ${technique || 'no technique'}: ${fine(part)}`);
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
  return lines;
}

/** Of nothing there is no share. */
function share(value: number, whole: number): string {
  return whole === 0 ? '–' : fine(value);
}

/** Only all are 100 %. */
function fine(value: number): string {
  if (value === 1) return '100 %';
  return `${(Math.min(999, Math.round(value * 1000)) / 10).toFixed(1)} %`;
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
