/** The findings table: most severe first, the summary wrapped under its rule. */
import { formatCount, formatMoment } from '../quantity.ts';
import type { ReportFinding } from '../schema.ts';
import { safeText } from './cell.ts';
import { type Cell, cell, type Column, renderGrid } from './grid.ts';
import type { Style } from './style.ts';

/** Terminal width from which time and count have columns of their own. */
const WIDE = 120;
/** Columns of a summary that are shown; the report has all of it. */
const MAX_SUMMARY = 400;

const COLUMNS: readonly Column[] = [
  { head: 'Severity', least: 8 },
  { head: 'Device', least: 17 },
  { head: 'What was seen', least: 24, maxLines: 6 },
];

const WIDE_COLUMNS: readonly Column[] = [
  ...COLUMNS,
  { head: 'First seen (UTC)', least: 19 },
  { head: 'Events', least: 6, align: 'right' },
];

export function renderFindings(findings: readonly ReportFinding[], width: number, style: Style): string {
  const wide = width >= WIDE;
  const rows = findings.map((finding): Cell[] => {
    const severity = cell(finding.severity, (text) => style.severity(finding.severity, text));
    const device = cell(finding.device === '' ? '–' : safeText(finding.device));
    const seen = [
      {
        text: safeText(finding.technique === '' ? finding.rule : `${finding.rule} (${finding.technique})`),
        style: style.bold,
      },
      { text: safeText(finding.summary, MAX_SUMMARY) },
    ];
    const packets = packetText(finding);
    if (packets !== '') seen.push({ text: packets, style: style.dim });
    const at = formatMoment(finding.firstTime);
    const count = formatCount(finding.count);
    return wide
      ? [severity, device, seen, cell(at), cell(count)]
      : [severity, device, [...seen, { text: `${at} UTC, count ${count}`, style: style.dim }]];
  });
  return renderGrid(wide ? WIDE_COLUMNS : COLUMNS, rows, width, style.bold, true);
}

/** Packets that are named; the report may have more. */
const MAX_PACKETS = 5;

/** `packets 12, 15, 20, …`: where to look in the capture, as Wireshark numbers it. */
function packetText({ packets, count }: ReportFinding): string {
  if (packets.length === 0) return '';
  const more = packets.length > MAX_PACKETS || count > packets.length ? ', …' : '';
  const numbers = packets.slice(0, MAX_PACKETS).join(', ');
  return `${packets.length === 1 && more === '' ? 'packet' : 'packets'} ${numbers}${more}`;
}
