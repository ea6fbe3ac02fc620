/** Outcomes of cases for people: a line a case, below it what is wrong, a summary at the end. */
import { escapeHtml } from '../report/html/escape.ts';
import { codeSpan } from '../report/markdown.ts';
import { formatCount, formatDuration, formatPlural } from '../report/quantity.ts';
import { safeText } from '../report/terminal/cell.ts';
import { makeStyle } from '../report/terminal/style.ts';
import type { FieldChange } from './changed-fields.ts';
import type { CaseOutcome } from './run-case.ts';

/** Changed fields that are shown of a case; `--json` has more. */
const MAX_CHANGES = 25;
const NAME_COLUMNS = 32;

const MARKS = { pass: 'ok', fail: 'FAIL', skip: 'skip', recorded: 'new' } as const;

/** Ends with a newline. */
export function renderOutcome(outcome: CaseOutcome, color: boolean): string {
  const style = makeStyle(color);
  const { status, name, totals, reason } = outcome;
  const mark = MARKS[status].padEnd(4);
  const painted =
    status === 'fail' ? style.severity('high', mark) : status === 'pass' ? style.good(mark) : mark;
  const facts =
    totals === null
      ? safeText(reason, 400)
      : `${formatCount(totals.packets)} packets, ${formatPlural(totals.devices, 'device')}, ${formatPlural(totals.findings, 'finding')}`;
  const time = outcome.cached ? 'cached' : `${Math.round(outcome.elapsedMs)} ms`;
  const head = `${painted} ${safeText(name).padEnd(NAME_COLUMNS)} ${facts}${status === 'skip' ? '' : style.dim(`  ${time}`)}`;
  return [head, ...evidenceLines(outcome).map((line) => `       ${line}`), ''].join('\n');
}

/** What is wrong with the case, a line each, escaped. */
export function evidenceLines({ unmet, changed }: CaseOutcome, maxChanges = MAX_CHANGES): string[] {
  const lines = unmet.map((sentence) => `expected: ${safeText(sentence, 1000)}`);
  lines.push(...changed.slice(0, maxChanges).map((change) => `changed: ${phraseChange(change)}`));
  if (changed.length > maxChanges) lines.push(`… and ${changed.length - maxChanges} more fields`);
  return lines;
}

export function phraseChange({ path, before, now }: FieldChange): string {
  const where = safeText(path, 300);
  if (before === '') return `${where} is new: ${safeText(now, 200)}`;
  if (now === '') return `${where} is gone: ${safeText(before, 200)}`;
  return `${where}: ${safeText(before, 200)} → ${safeText(now, 200)}`;
}

export interface Tally {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
  readonly recorded: number;
}

export function tally(outcomes: readonly CaseOutcome[]): Tally {
  const counts = { pass: 0, fail: 0, skip: 0, recorded: 0 };
  for (const { status } of outcomes) counts[status]++;
  return counts;
}

/** One line that ends with a newline. */
export function renderSummary(outcomes: readonly CaseOutcome[], elapsedMs: number): string {
  const { pass, fail, skip, recorded } = tally(outcomes);
  const parts = [`${pass} passed`];
  if (fail > 0) parts.push(`${fail} failed`);
  if (recorded > 0) parts.push(`${recorded} recorded`);
  if (skip > 0) parts.push(`${skip} skipped`);
  const cached = outcomes.filter((outcome) => outcome.cached).length;
  const note = cached > 0 ? `, ${cached} from the cache` : '';
  const time = elapsedMs < 60_000 ? `${(elapsedMs / 1000).toFixed(1)} s` : formatDuration(elapsedMs / 1000);
  return `${formatPlural(outcomes.length, 'case')}: ${parts.join(', ')} (${time}${note})\n`;
}

/** A comment for a pull request: what failed, each with what changed. */
export function renderOutcomesMarkdown(title: string, outcomes: readonly CaseOutcome[]): string {
  const { pass, fail, skip } = tally(outcomes);
  const lines = [
    `### ${codeSpan(title)}: ${fail === 0 ? 'nothing changed' : `${formatPlural(fail, 'case')} changed`}`,
    '',
    `${pass} passed, ${fail} failed, ${skip} skipped.`,
    '',
  ];
  for (const outcome of outcomes) {
    if (outcome.status !== 'fail') continue;
    lines.push(`<details><summary><code>${escapeHtml(outcome.name)}</code></summary>`, '');
    const evidence = evidenceLines(outcome, 100);
    if (outcome.reason !== '') evidence.unshift(safeText(outcome.reason, 400));
    lines.push(...evidence.map((line) => `- ${codeSpan(line, 2000)}`), '', '</details>', '');
  }
  return lines.join('\n');
}
