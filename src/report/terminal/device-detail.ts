/** All that is known of one device, for people. */
import { formatBytes, formatCount, formatMoment, formatPercent } from '../quantity.ts';
import type { ReportDevice, ReportFinding } from '../schema.ts';
import { safeText, wrapCell } from './cell.ts';
import { identitySummary } from './devices.ts';
import { renderFindings } from './findings.ts';
import { cell, renderGrid } from './grid.ts';
import { makeStyle } from './style.ts';

/** Rows of a list at most; the report has all. */
const MAX_ROWS = 20;
const MAX_REASONS = 6;
/** Labels of facts; fingerprints have longer ones and a table of their own. */
const LABEL_COLUMNS = 14;

/** `findings`: those in which the device is actor or peer. Ends with a newline. */
export function renderDeviceDetail(
  device: ReportDevice,
  findings: readonly ReportFinding[],
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const style = makeStyle(color);
  const { identity, traffic } = device;
  const field = (label: string, value: string): string[] =>
    value === ''
      ? []
      : wrapCell(value, width - LABEL_COLUMNS, 4).map(
          (line, i) => style.dim((i === 0 ? label : '').padEnd(LABEL_COLUMNS)) + line,
        );
  const listed = (values: readonly string[]): string =>
    values
      .slice(0, MAX_ROWS)
      .map((value) => safeText(value))
      .join(', ') + (values.length > MAX_ROWS ? ` and ${values.length - MAX_ROWS} more` : '');

  const facts = [
    style.bold(safeText(device.id)),
    ...field('What it is', identitySummary(device)),
    ...field('Confidence', identity.confidence > 0 ? formatPercent(identity.confidence) : ''),
    ...field('System', safeText(identity.os)),
    ...field(
      'Vendor',
      device.macKind === 'local' ? 'none: the MAC address is local or random' : safeText(device.vendor),
    ),
    ...field(
      'Addresses',
      listed(device.addresses.map(({ address, sources }) => `${address} (${sources.join(', ')})`)),
    ),
    ...field('Names', listed(namesWithSources(device))),
    ...device.links
      .slice(0, MAX_ROWS)
      .flatMap((link, i) => field(i === 0 ? 'Same device' : '', linkText(link))),
    ...field('Roles', listed(device.roles)),
    ...field('Risk', riskText(device)),
    ...field('Model', scoresText(device)),
    ...field('Services', listed(device.services.map(serviceText))),
    ...field('Sent', `${formatBytes(traffic.bytesOut)} in ${formatCount(traffic.packetsOut)} packets`),
    ...field('Received', `${formatBytes(traffic.bytesIn)} in ${formatCount(traffic.packetsIn)} packets`),
    ...field('Seen', `${formatMoment(device.firstSeen)} to ${formatMoment(device.lastSeen)} UTC`),
  ];
  const blocks = [facts.join('\n')];
  const table = (title: string, body: string) => blocks.push(`${style.bold(title)}\n${body}`);

  if (identity.evidence.length > 0) {
    const rows = identity.evidence.slice(0, MAX_ROWS).map(({ source, value, supports, weight }) => [
      cell(safeText(source)),
      cell(safeText(value)),
      cell(
        safeText(
          Object.entries(supports)
            .map(([what, says]) => `${what} ${says}`)
            .join(', '),
        ),
      ),
      cell(formatPercent(weight)),
    ]);
    const columns = [
      { head: 'Evidence', least: 12 },
      { head: 'Value', least: 16, maxLines: 3 },
      { head: 'Says', least: 16, maxLines: 2 },
      { head: 'Weight', least: 6, align: 'right' as const },
    ];
    table('How it is known', renderGrid(columns, rows, width, style.bold));
  }
  if (identity.notes.length > 0) {
    table(
      'What is open',
      identity.notes
        .map((note) =>
          wrapCell(safeText(note), width - 2, 3)
            .map((l) => `  ${l}`)
            .join('\n'),
        )
        .join('\n'),
    );
  }
  const fingerprints = Object.entries(device.fingerprints);
  if (fingerprints.length > 0) {
    const rows = fingerprints.map(([kind, values]) => [cell(safeText(kind)), cell(listed(values))]);
    const columns = [
      { head: 'Fingerprint', least: 12 },
      { head: 'Values', least: 16, maxLines: 4 },
    ];
    table('How it speaks', renderGrid(columns, rows, width, style.bold));
  }
  if (device.peers.length > 0) {
    const rows = device.peers
      .slice(0, MAX_ROWS)
      .map((peer) => [
        cell(safeText(peer.peer)),
        cell(safeText(peer.name)),
        cell(safeText(peer.ports.join(' '))),
        cell(formatBytes(peer.bytesOut)),
        cell(formatBytes(peer.bytesIn)),
      ]);
    const columns = [
      { head: 'Peer', least: 15 },
      { head: 'Name', least: 8 },
      { head: 'Ports', least: 8 },
      { head: 'Sent', least: 7, align: 'right' as const },
      { head: 'Received', least: 8, align: 'right' as const },
    ];
    const left = device.peers.length - rows.length;
    table(
      'Whom it talks to',
      renderGrid(columns, rows, width, style.bold) + (left > 0 ? `\nand ${left} more` : ''),
    );
  }
  if (device.domains.length > 0) {
    const all = listed(device.domains.map(({ name, count }) => `${name} (${formatCount(count)})`));
    table(
      'Domains it asked for',
      wrapCell(all, width - 2, 8)
        .map((line) => `  ${line}`)
        .join('\n'),
    );
  }
  if (findings.length > 0) table('Findings', renderFindings(findings.slice(0, MAX_ROWS), width, style));
  return `${blocks.join('\n\n')}\n`;
}

/** `34 of 100: port-scan (high) 32, target of brute-force (medium) 2`. */
function riskText({ risk }: ReportDevice): string {
  const reasons = risk.reasons.slice(0, MAX_REASONS).map(({ summary, points }) => `${summary} ${points}`);
  const left = risk.reasons.length - reasons.length;
  const why = reasons.join(', ') + (left > 0 ? ` and ${left} more` : '');
  return `${risk.value} of 100${why === '' ? '' : `: ${why}`}`;
}

/** Each name once, with all that gave it. */
function namesWithSources({ names }: ReportDevice): string[] {
  const sources = new Map<string, string[]>();
  for (const { name, source } of names) sources.set(name, [...(sources.get(name) ?? []), source]);
  return [...sources].map(([name, by]) => `${name} (${by.join(', ')})`);
}

function linkText({ device, kind, reason }: ReportDevice['links'][number]): string {
  const how = kind === 'changed-address' ? 'one after the other' : 'side by side';
  return `${safeText(device)} (${how}): they share ${safeText(reason)}`;
}

function serviceText({ name, port, transport, source }: ReportDevice['services'][number]): string {
  const place = `${transport === '' ? 'port' : transport}/${port}`;
  const at = port > 0 && place !== name ? ` ${place}` : '';
  return `${name}${at} (${source})`;
}

/** What a model says of its flows; '' without a model. */
function scoresText({ scores }: ReportDevice): string {
  if (scores === undefined) return '';
  const { flows, alarms, class: name, score } = scores;
  return `${formatCount(alarms)} of ${formatCount(flows)} flows suspicious, most so as ${safeText(name)}: ${score.toFixed(3)}`;
}
