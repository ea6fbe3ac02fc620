/**
 * The terminal view as lines of text: a header with traffic, devices, findings, and what can be done. Pure: the same
 * model, state and size give the same lines, each exactly as wide as the terminal.
 */
import type { DeviceLine, LiveView } from '../../engine/live-view.ts';
import { formatBytes, formatCount, formatPlural, formatRate } from '../../report/quantity.ts';
import { cellWidth, safeText, wrapCell } from '../../report/terminal/cell.ts';
import { deviceLines, findingLines } from './detail.ts';
import { devicesPane } from './devices-pane.ts';
import { findingsPane } from './findings-pane.ts';
import { helpPane } from './help.ts';
import { heading, padLines } from './list.ts';
import type { RunState, ViewModel } from './model.ts';
import { type Finding, findingKey, orderDevices, orderFindings } from './order.ts';
import { type History, sparkline } from './sparkline.ts';
import type { Extent, ViewState } from './state.ts';
import { column, ends, line } from './text.ts';
import type { Theme } from './theme.ts';

/** Below this nothing useful fits. */
export const LEAST = { columns: 60, rows: 12 } as const;
/** From here devices and findings stand side by side, */
const SIDE_BY_SIDE = 140;
/** and from so many rows on sparklines are higher. */
const TALL = 36;
/** From this width on the header tells more. */
const ROOMY = 100;
/** Share of the height that findings take below devices, and of the width beside them. */
const FINDINGS_HEIGHT = 0.3;
const FINDINGS_WIDTH = 0.36;
/** Lines that a notice takes at most, and characters of it that are looked at. */
const NOTICE_LINES = 3;
const MAX_NOTICE = 600;

export interface Frame {
  readonly lines: readonly string[];
  /** What keys move over in this frame. */
  readonly extent: Extent;
}

export function makeFrame(
  model: ViewModel,
  state: ViewState,
  columns: number,
  rows: number,
  theme: Theme,
  color: boolean,
): Frame {
  if (columns < LEAST.columns || rows < LEAST.rows) return tooSmall(columns, rows);
  const top = [header(model, columns, theme), ...traffic(model, columns, rows, theme)];
  const bottom = footer(model, state, columns, theme);
  const height = rows - top.length - bottom.length;
  const body = makeBody(model, state, columns, height, theme, color);
  return { lines: [...top, ...body.lines, ...bottom], extent: body.extent };
}

function makeBody(
  { view }: ViewModel,
  state: ViewState,
  width: number,
  height: number,
  theme: Theme,
  color: boolean,
): Frame {
  const page = height - 2;
  const none: Extent = { keys: [], page, detailLines: 0 };
  if (state.isHelp) return { lines: helpPane(width, height, theme), extent: none };
  if (view === null)
    return { lines: padLines(['', '  Waiting for the first packet …'], width, height), extent: none };
  const devices = orderDevices(view.lines, state);
  const findings = orderFindings(view.findings, state);
  const keys = state.pane === 'devices' ? devices.map(({ id }) => id) : findings.map(findingKey);
  if (state.isDetail && keys.length > 0) {
    const at = Math.max(0, keys.indexOf(state.chosen[state.pane]));
    const lines =
      state.pane === 'devices'
        ? deviceLines(view, devices[at]!, width, color)
        : findingLines(view, findings[at]!, width, theme);
    return {
      lines: detail(lines, keys[at]!, state, width, height, theme),
      extent: { keys, page: height - 1, detailLines: lines.length },
    };
  }
  return { lines: lists(view, devices, findings, state, width, height, theme), extent: { ...none, keys } };
}

function lists(
  view: LiveView,
  devices: readonly DeviceLine[],
  findings: readonly Finding[],
  state: ViewState,
  width: number,
  height: number,
  theme: Theme,
): string[] {
  if (width >= SIDE_BY_SIDE) {
    const right = Math.floor(width * FINDINGS_WIDTH);
    const left = width - right - 1;
    const a = devicesPane(view, devices, state, left, height, theme);
    const b = findingsPane(findings, state, right, height, theme);
    return a.map((text, i) => `${text} ${b[i]!}`);
  }
  const below = Math.max(4, Math.floor(height * FINDINGS_HEIGHT));
  return [
    ...devicesPane(view, devices, state, width, height - below, theme),
    ...findingsPane(findings, state, width, below, theme),
  ];
}

function detail(
  lines: readonly string[],
  key: string,
  { pane, scroll }: ViewState,
  width: number,
  height: number,
  theme: Theme,
): string[] {
  const room = height - 1;
  const first = Math.min(scroll, Math.max(0, lines.length - room));
  const last = Math.min(lines.length, first + room);
  const place = lines.length > room ? `, lines ${first + 1} to ${last} of ${lines.length}` : '';
  const name = pane === 'devices' ? `Device ${column(key, Math.min(40, key.length)).trimEnd()}` : 'Finding';
  const title = heading({ name, facts: `esc: back${place}`, isActive: true }, width, theme);
  return padLines([title, ...lines.slice(first, last)], width, height);
}

const STATES: Readonly<Record<RunState, readonly [mark: string, text: string]>> = {
  starting: ['○', 'starting'],
  running: ['●', 'capturing'],
  stopping: ['◐', 'stopping'],
  ended: ['■', 'ended'],
};

function header({ title, state, elapsedSeconds, view }: ViewModel, width: number, theme: Theme): string {
  const [mark, text] = STATES[state];
  const running = ` ${text} ${clock(elapsedSeconds)} `;
  const counts = view === null ? '' : `${countsText(view, width)}   `;
  const name = ' lanscope  ';
  const room = width - name.length - counts.length - running.length - 4;
  return ends(
    [
      { text: name, style: theme.bold },
      { text: column(title, Math.max(0, Math.min(title.length, room))).trimEnd() },
    ],
    [
      { text: counts, style: theme.dim },
      { text: mark, style: state === 'running' ? theme.good : theme.warning },
      { text: running },
    ],
    width,
  );
}

function countsText({ watched }: LiveView, width: number): string {
  const amounts = `${formatCount(watched.packets)} packets, ${formatBytes(watched.bytes)}`;
  return width < ROOMY ? amounts : `${amounts}, ${formatPlural(watched.activeFlows, 'open connection')}`;
}

function traffic(
  { view, packetRates, bitRates }: ViewModel,
  columns: number,
  rows: number,
  theme: Theme,
): string[] {
  const height = rows >= TALL ? 3 : 1;
  const left = Math.floor(columns / 2);
  const packets = formatRate(view?.watched.packetsPerSecond ?? 0, 'packets').replace('packets', 'pkt');
  const bits = formatRate(8 * (view?.watched.bytesPerSecond ?? 0), 'bit');
  const a = chart(packetRates, packets, left, height, theme);
  const b = chart(bitRates, bits, columns - left, height, theme);
  return a.map((text, i) => text + b[i]!);
}

const RATE = 13;

/** A rate and how it went, in `width` columns; the rate stands in the last line. */
function chart(history: History, rate: string, width: number, height: number, theme: Theme): string[] {
  const lines = sparkline(history.last(width - RATE - 2), height);
  return lines.map((bars, i) =>
    line(
      [
        { text: ` ${i === height - 1 ? column(rate, RATE, 'right') : ' '.repeat(RATE)} ` },
        { text: bars, style: theme.accent },
      ],
      width,
    ),
  );
}

/** Keys that are named below the panes, from the most useful on: those that fit. */
const DETAIL_KEYS = ['esc back', 'j/k scroll', 'q quit', '? help'] as const;
const LIST_KEYS = ['enter detail', 'tab pane', '/ filter', 's sort', 'q quit', '? help'] as const;
/** Those that stay to the last, as they lead to all others. */
const LAST_KEYS = 2;

/** As many keys as fit in less than `width` columns. */
function keysText(keys: readonly string[], width: number): string {
  for (let count = keys.length; count > LAST_KEYS; count--) {
    const shown = [...keys.slice(0, count - LAST_KEYS), ...keys.slice(-LAST_KEYS)];
    const text = ` ${shown.join('  ')}`;
    if (text.length < width) return text;
  }
  return ` ${keys.slice(-LAST_KEYS).join('  ')}`;
}

function footer({ notice }: ViewModel, state: ViewState, width: number, theme: Theme): string[] {
  const filter =
    state.filter === ''
      ? ''
      : `filter: ${column(state.filter, Math.min(24, state.filter.length)).trimEnd()} `;
  const keys = state.isTyping
    ? line(
        [
          { text: ' / ', style: theme.accent },
          { text: column(`${state.filter}▏`, width - 34).trimEnd() },
          { text: '   enter keeps it, esc clears it', style: theme.dim },
        ],
        width,
      )
    : ends(
        [
          {
            text: keysText(state.isDetail ? DETAIL_KEYS : LIST_KEYS, width - cellWidth(filter)),
            style: theme.dim,
          },
        ],
        filter === '' ? [] : [{ text: filter, style: theme.warning }],
        width,
      );
  return [...noticeLines(notice, width, theme), keys];
}

function noticeLines(notice: string, width: number, theme: Theme): string[] {
  if (notice === '') return [];
  return wrapCell(safeText(notice, MAX_NOTICE), width - 2, NOTICE_LINES).map((text) =>
    line([{ text: ` ${text}`, style: theme.warning }], width),
  );
}

function tooSmall(columns: number, rows: number): Frame {
  const text = `at least ${LEAST.columns}x${LEAST.rows}, please`;
  const lines = padLines([line([{ text }], columns)], columns, Math.max(1, rows));
  return { lines, extent: { keys: [], page: 1, detailLines: 0 } };
}

function clock(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
