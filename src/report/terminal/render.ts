/** A report as text for people: header, devices, findings, score, notices. Pure: everything comes as an argument. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatPlural,
  formatRate,
} from '../quantity.ts';
import type { Report } from '../schema.ts';
import { cellWidth, safeText, wrapCell } from './cell.ts';
import { byTraffic, renderDevices } from './devices.ts';
import { renderFindings } from './findings.ts';
import { makeStyle, type Style } from './style.ts';

export interface RenderOptions {
  /** Columns of the terminal; below 80 the layout is that of 80. */
  readonly width: number;
  readonly color: boolean;
  /** Rows at most; what is left out is counted. */
  readonly maxDevices: number;
  readonly maxFindings: number;
}

const MIN_WIDTH = 80;
const MAX_ISSUES = 12;
const MAX_REASONS = 8;

/** Ends with a newline. */
export function renderReport(report: Report, options: RenderOptions): string {
  const width = Math.max(MIN_WIDTH, options.width);
  const style = makeStyle(options.color);
  const blocks = [
    headerBlock(report, width, style),
    devicesBlock(report, options.maxDevices, width, style),
    findingsBlock(report, options.maxFindings, width, style),
    scoreBlock(report, width, style),
    issuesBlock(report, width, style),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function headerBlock(report: Report, width: number, style: Style): string {
  const { totals, run, input } = report;
  const names = input.map(({ name }) => (name === '-' ? 'standard input' : safeText(name)));
  const title = names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
  const seconds = run.elapsedMs / 1000;
  const facts = [formatPlural(totals.packets, 'packet'), formatBytes(totals.bytes)];
  if (totals.firstTime !== null) {
    facts.push(`${formatDuration(totals.durationSeconds)} from ${formatMoment(totals.firstTime)} UTC`);
  }
  facts.push(formatPlural(totals.flows, 'flow'));
  const speed = seconds > 0 ? `, ${formatRate(totals.packets / seconds, 'packets')}` : '';
  facts.push(`${formatDuration(seconds)}${speed}`);
  if (!report.complete) facts.push('stopped early');
  return [style.bold(wrapCell(title, width, 1).join('')), ...wrapFacts(facts, width)].join('\n');
}

function devicesBlock({ devices, totals }: Report, max: number, width: number, style: Style): string {
  if (devices.length === 0) return totals.packets === 0 ? 'No packets.' : 'No devices were seen.';
  const shown = [...devices].sort(byTraffic).slice(0, max);
  const lines = [
    style.bold(formatPlural(totals.devices, 'device')),
    renderDevices(shown, width, style),
    ...more(totals.devices - shown.length, 'device', style),
  ];
  return lines.join('\n');
}

function findingsBlock({ findings, omitted }: Report, max: number, width: number, style: Style): string {
  if (findings.length === 0) return style.good('No findings.');
  const shown = findings.slice(0, max);
  const total = findings.length + omitted.findings;
  const lines = [
    style.bold(formatPlural(total, 'finding')),
    renderFindings(shown, width, style),
    ...more(total - shown.length, 'finding', style),
  ];
  return lines.join('\n');
}

function scoreBlock({ score }: Report, width: number, style: Style): string {
  const grade = score.value >= 80 ? 'info' : score.value >= 50 ? 'medium' : 'high';
  const value =
    score.value >= 80 ? style.good(String(score.value)) : style.severity(grade, String(score.value));
  const lines = [`${style.bold('Network score')} ${value} of 100`];
  for (const { summary, points } of score.reasons.slice(0, MAX_REASONS)) {
    lines.push(...hanging(`−${points}`.padStart(6), safeText(summary), width));
  }
  if (score.reasons.length > MAX_REASONS)
    lines.push(`       and ${score.reasons.length - MAX_REASONS} more reasons`);
  return lines.join('\n');
}

function issuesBlock({ issues }: Report, width: number, style: Style): string {
  if (issues.length === 0) return '';
  const worst = [...issues].sort((a, b) => b.count - a.count).slice(0, MAX_ISSUES);
  const digits = Math.max(...worst.map(({ count }) => formatCount(count).length));
  const lines = worst.flatMap((issue) => {
    const where = issue.first.packet > 0 ? `, first in packet ${formatCount(issue.first.packet)}` : '';
    const text = `${issue.layer}/${issue.code}: ${issue.text}${where}`;
    return hanging(formatCount(issue.count).padStart(digits + 2), safeText(text, 300), width);
  });
  if (issues.length > MAX_ISSUES) lines.push(`  and ${issues.length - MAX_ISSUES} more kinds`);
  return [style.bold('Noted while reading'), ...lines].join('\n');
}

function more(count: number, noun: string, style: Style): string[] {
  return count > 0
    ? [style.dim(`and ${formatPlural(count, `more ${noun}`)} in the report (-o FILE or --json)`)]
    : [];
}

/** Joins by ` · `, breaking lines between facts. */
function wrapFacts(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const fact of facts) {
    const joined = line === '' ? fact : `${line} · ${fact}`;
    if (cellWidth(joined) <= width) {
      line = joined;
    } else {
      lines.push(line);
      line = fact;
    }
  }
  return [...lines, line];
}

function hanging(label: string, text: string, width: number): string[] {
  const indent = ' '.repeat(cellWidth(label) + 1);
  return wrapCell(text, width - indent.length, 3).map((line, i) =>
    i === 0 ? `${label} ${line}` : indent + line,
  );
}
