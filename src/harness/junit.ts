/** Outcomes as JUnit XML, as CI systems read it. */
import type { CaseOutcome } from './run-case.ts';
import { evidenceLines, tally } from './render-outcome.ts';

export function renderJunit(suite: string, outcomes: readonly CaseOutcome[]): string {
  const { fail, skip } = tally(outcomes);
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const total = outcomes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${attribute(suite)}" tests="${outcomes.length}" failures="${fail}" errors="0" skipped="${skip}" time="${seconds(total)}">`,
  ];
  for (const outcome of outcomes) {
    const head = `  <testcase classname="${attribute(suite)}" name="${attribute(outcome.name)}" time="${seconds(outcome.elapsedMs)}"`;
    const body = bodyOf(outcome);
    lines.push(body === '' ? `${head}/>` : `${head}>${body}</testcase>`);
  }
  return `${lines.join('\n')}\n</testsuite>\n`;
}

function bodyOf(outcome: CaseOutcome): string {
  if (outcome.status === 'skip') return `<skipped message="${attribute(outcome.reason)}"/>`;
  if (outcome.status !== 'fail') return '';
  const evidence = evidenceLines(outcome, 1000);
  const message = outcome.reason || evidence[0] || 'failed';
  return `<failure message="${attribute(message)}">${escapeXml(evidence.join('\n'))}</failure>`;
}

function attribute(text: string): string {
  return escapeXml(text).replace(/\n/g, '&#10;');
}

/** Also without what XML 1.0 cannot hold at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
