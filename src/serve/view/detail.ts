/** All that is known of the chosen device or finding, as lines to scroll through. */
import type { DeviceLine, LiveView } from '../../engine/live-view.ts';
import { safeText, wrapCell } from '../../report/terminal/cell.ts';
import { renderDeviceDetail } from '../../report/terminal/device-detail.ts';
import { formatCount, formatMoment, formatPercent } from '../../report/quantity.ts';
import type { Finding } from './order.ts';
import type { Theme } from './theme.ts';

const LABEL = 14;
const MAX_TEXT = 600;
const MAX_LINES = 8;
const MARGIN = 2;

export function deviceLines(
  view: LiveView,
  { index, id }: DeviceLine,
  width: number,
  color: boolean,
): string[] {
  const text = renderDeviceDetail(view.device(index), view.findingsOf(id), { width: width - MARGIN, color });
  return text.trimEnd().split('\n').map(indented);
}

export function findingLines(view: LiveView, finding: Finding, width: number, theme: Theme): string[] {
  const { id, rule, severity, confidence, score, technique, device, peer, count, ...rest } =
    view.finding(finding);
  const lines: string[] = [];
  const field = (label: string, value: string, style = (text: string): string => text): void => {
    if (value === '') return;
    const wrapped = wrapCell(safeText(value, MAX_TEXT), width - MARGIN - LABEL, MAX_LINES);
    for (const [i, text] of wrapped.entries()) {
      lines.push(theme.dim(safeText(i === 0 ? label : '', LABEL - 1).padEnd(LABEL)) + style(text));
    }
  };
  lines.push(`${theme.bold(safeText(rule))}  ${theme.severity(severity, severity)}`, '');
  for (const text of wrapCell(safeText(rest.summary, MAX_TEXT), width - MARGIN, MAX_LINES)) lines.push(text);
  lines.push('');
  field('Device', device);
  field('Peer', peer);
  field('First', `${formatMoment(rest.firstTime)} UTC`);
  field('Last', `${formatMoment(rest.lastTime)} UTC`);
  field('Events', formatCount(count));
  field('Score', `${score} of 100, ${formatPercent(confidence)} sure`);
  field('ATT&CK', technique);
  field('Packets', rest.packets.join(', '));
  field('Id', id);
  const evidence = Object.entries(rest.evidence);
  if (evidence.length > 0) lines.push('', theme.bold('What a person needs to check it'));
  for (const [name, value] of evidence) field(name, Array.isArray(value) ? value.join(', ') : String(value));
  return lines.map(indented);
}

function indented(text: string): string {
  return ' '.repeat(MARGIN) + text;
}
