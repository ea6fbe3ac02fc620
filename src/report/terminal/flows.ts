/** The flow table for people. */
import { formatBytes, formatCount, formatDuration, formatMoment } from '../quantity.ts';
import type { FlowRow } from '../flows.ts';
import type { TalkerRow } from '../talkers.ts';
import { safeText } from './cell.ts';
import { type Cell, cell, type Column, renderGrid } from './grid.ts';
import type { Style } from './style.ts';

/** Terminal width from which every property has a column of its own. */
const WIDE = 130;

const WIDE_COLUMNS: readonly Column[] = [
  { head: 'Start (UTC)', least: 19 },
  { head: 'From', least: 21 },
  { head: 'To', least: 21 },
  { head: 'Service', least: 7 },
  { head: 'State', least: 5 },
  { head: 'History', least: 7 },
  { head: 'Packets', least: 7, align: 'right' },
  { head: 'Sent', least: 7, align: 'right' },
  { head: 'Received', least: 8, align: 'right' },
  { head: 'Time', least: 6, align: 'right' },
];

const NARROW_COLUMNS: readonly Column[] = [
  { head: 'Connection', least: 23 },
  { head: 'Service', least: 7 },
  { head: 'Sent, received', least: 7, align: 'right' },
  { head: 'Time', least: 6, align: 'right' },
];

export function renderFlows(rows: readonly FlowRow[], width: number, style: Style): string {
  return width >= WIDE
    ? isScored(rows)
      ? renderGrid(
          [...WIDE_COLUMNS, { head: 'Model', least: 9 }],
          rows.map((row) => [...wideRow(row), cell(verdict(row))]),
          width,
          style.bold,
        )
      : renderGrid(WIDE_COLUMNS, rows.map(wideRow), width, style.bold)
    : renderGrid(
        NARROW_COLUMNS,
        rows.map((row) => narrowRow(row, style)),
        width,
        style.bold,
        true,
      );
}

function isScored(rows: readonly FlowRow[]): boolean {
  return rows.some(({ mlScore }) => mlScore !== undefined);
}

/** `c2 0.998`; the score alone of what is no alarm. */
function verdict({ ml = '', mlScore }: FlowRow): string {
  return mlScore === undefined ? '' : `${safeText(ml)} ${mlScore.toFixed(3)}`.trim();
}

function wideRow(row: FlowRow): Cell[] {
  return [
    cell(formatMoment(row.start)),
    cell(originator(row)),
    cell(responder(row)),
    cell(service(row)),
    cell(row.state),
    cell(row.history),
    cell(formatCount(row.origPackets + row.respPackets)),
    cell(formatBytes(row.origBytes)),
    cell(formatBytes(row.respBytes)),
    cell(formatDuration(row.durationSeconds)),
  ];
}

function narrowRow(row: FlowRow, style: Style): Cell[] {
  return [
    [...cell(originator(row)), ...cell(`→ ${responder(row)}`)],
    [
      ...cell(service(row)),
      ...cell(`${row.state} ${row.history}`, style.dim),
      ...(row.mlScore === undefined ? [] : cell(`model ${verdict(row)}`)),
    ],
    [...cell(formatBytes(row.origBytes)), ...cell(formatBytes(row.respBytes))],
    cell(formatDuration(row.durationSeconds)),
  ];
}

function originator(row: FlowRow): string {
  return endpoint(row, row.orig, row.origPort);
}

function responder(row: FlowRow): string {
  return endpoint(row, row.resp, row.respPort);
}

/** With its port, where the protocol has ports: ICMP has type and code in their place. */
function endpoint({ proto }: FlowRow, address: string, port: number): string {
  if (proto !== 'tcp' && proto !== 'udp' && proto !== 'sctp') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function service({ service, proto }: FlowRow): string {
  return safeText(service === '' ? proto : `${service}/${proto}`);
}

const TALKER_COLUMNS: readonly Column[] = [
  { head: 'Host', least: 15 },
  { head: 'Sent', least: 7, align: 'right' },
  { head: 'Received', least: 8, align: 'right' },
  { head: 'Packets', least: 7, align: 'right' },
  { head: 'Opened', least: 6, align: 'right' },
  { head: 'Accepted', least: 8, align: 'right' },
];

export function renderTalkers(rows: readonly TalkerRow[], width: number, style: Style): string {
  const cells = rows.map((row): Cell[] => [
    cell(row.address),
    cell(formatBytes(row.sent)),
    cell(formatBytes(row.received)),
    cell(formatCount(row.packets)),
    cell(formatCount(row.opened)),
    cell(formatCount(row.accepted)),
  ]);
  return renderGrid(TALKER_COLUMNS, cells, width, style.bold);
}
