import { formatTime } from '../../bytes/time.ts';
import { cellWidth, safeText, wrapCell } from '../../report/terminal/cell.ts';
import { emptyPane, firstShown, heading, padLines, row } from './list.ts';
import { type Finding, findingKey } from './order.ts';
import type { ViewState } from './state.ts';
import { column } from './text.ts';
import type { Theme } from './theme.ts';

/** Width from which the summary stands beside the rule and not below it. */
const ONE_LINE = 100;
const TIME = 8;
const SEVERITY = 8;
const MAX_SUMMARY = 400;
/** Lines of a finding where it takes more than one. */
const TALL = 3;

export function findingsPane(
  findings: readonly Finding[],
  state: ViewState,
  width: number,
  height: number,
  theme: Theme,
): string[] {
  const isActive = state.pane === 'findings';
  const title = heading({ name: 'Findings', facts: String(findings.length), isActive }, width, theme);
  if (findings.length === 0) {
    return [
      title,
      ...emptyPane(state.filter === '' ? 'None so far.' : 'None matches.', width, height - 1, theme),
    ];
  }
  // Where there is room each finding has its summary in full; else all of them are one line.
  const isTall = width < ONE_LINE && height > 12;
  const room = Math.max(1, Math.floor((height - 1) / (isTall ? TALL : 1)));
  const at = Math.max(
    0,
    findings.findIndex((finding) => findingKey(finding) === state.chosen.findings),
  );
  const first = firstShown(at, findings.length, room);
  const rows = findings
    .slice(first, first + room)
    .flatMap((finding, i) => findingRows(finding, first + i === at && isActive, isTall, width, theme));
  return padLines([title, ...rows], width, height);
}

function findingRows(
  finding: Finding,
  isChosen: boolean,
  isTall: boolean,
  width: number,
  theme: Theme,
): string[] {
  const { rule, severity, device, first } = finding;
  const time = formatTime(first.seconds, 0, 0).slice(11, 11 + TIME);
  const head = [
    { text: `${time} `, style: theme.dim },
    { text: `${column(severity, SEVERITY)} `, style: (text: string) => theme.severity(severity, text) },
    { text: `${safeText(rule)} `, style: theme.bold },
  ];
  const summary = safeText(finding.summary, MAX_SUMMARY);
  if (!isTall) {
    const used = TIME + SEVERITY + cellWidth(safeText(rule)) + 4;
    return [row([...head, { text: column(summary, width - used) }], isChosen, width, theme)];
  }
  const lines = wrapCell(summary, width - 4, TALL - 1);
  return [
    row([...head, { text: safeText(device), style: theme.dim }], isChosen, width, theme),
    ...padLines(
      lines.map((text) => row([{ text: `  ${text}` }], false, width, theme)),
      width,
      TALL - 1,
    ),
  ];
}
