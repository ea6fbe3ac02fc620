import type { DeviceIdentity, DeviceLine, LiveView } from '../../engine/live-view.ts';
import { formatBytes, formatCount, formatPercent } from '../../report/quantity.ts';
import { emptyPane, firstShown, heading, padLines, row } from './list.ts';
import type { ViewState } from './state.ts';
import { column, line } from './text.ts';
import type { Theme } from './theme.ts';

/** Width from which address, certainty and age have columns of their own. */
const WIDE = 96;
const ID = 17;
const ADDRESS = 15;
const AMOUNT = 8;
const RATE = 10;
const SURE = 5;
const SEEN = 5;
/** Mark of the chosen row, dot of findings, and the blanks between columns. */
const MARKS = 3;

interface Widths {
  readonly what: number;
  readonly name: number;
  readonly isWide: boolean;
}

export function devicesPane(
  view: LiveView,
  devices: readonly DeviceLine[],
  state: ViewState,
  width: number,
  height: number,
  theme: Theme,
): string[] {
  const total = view.lines.length;
  const shownOf =
    devices.length === total ? formatCount(total) : `${formatCount(devices.length)} of ${formatCount(total)}`;
  const isActive = state.pane === 'devices';
  const title = heading({ name: 'Devices', facts: `${shownOf} by ${state.sort}`, isActive }, width, theme);
  if (devices.length === 0) {
    const text = total === 0 ? 'No device was heard yet.' : 'No device matches.';
    return [title, ...emptyPane(text, width, height - 1, theme)];
  }
  const widths = share(width);
  const at = Math.max(
    0,
    devices.findIndex(({ id }) => id === state.chosen.devices),
  );
  const room = height - 2;
  const first = firstShown(at, devices.length, room);
  const rows = devices
    .slice(first, first + room)
    .map((device, i) => deviceRow(view, device, widths, first + i === at && isActive, width, theme));
  return padLines([title, head(widths, width, theme), ...rows], width, height);
}

function share(width: number): Widths {
  const isWide = width >= WIDE;
  const fixed = isWide
    ? MARKS + ID + ADDRESS + SURE + AMOUNT + RATE + SEEN + 7
    : MARKS + ID + AMOUNT + RATE + 4;
  const free = Math.max(0, width - fixed);
  const what = Math.ceil(free * 0.55);
  return { what, name: free - what, isWide };
}

function head({ what, name, isWide }: Widths, width: number, theme: Theme): string {
  const columns = isWide
    ? [
        column('Device', ID),
        column('What it is', what),
        column('Sure', SURE, 'right'),
        column('Name', name),
        column('Address', ADDRESS),
        column('Traffic', AMOUNT, 'right'),
        column('Now', RATE, 'right'),
        column('Seen', SEEN, 'right'),
      ]
    : [
        column('Device', ID),
        column('What it is', what),
        column('Name', name),
        column('Traffic', AMOUNT, 'right'),
        column('Now', RATE, 'right'),
      ];
  return line([{ text: `   ${columns.join(' ')}`, style: theme.dim }], width);
}

function deviceRow(
  view: LiveView,
  device: DeviceLine,
  { what, name, isWide }: Widths,
  isChosen: boolean,
  width: number,
  theme: Theme,
): string {
  const identity = view.describe(device);
  const known = identityText(identity);
  const rate = device.bytesPerSecond > 0 ? `${formatBytes(device.bytesPerSecond)}/s` : '';
  const whatText = known === '' ? device.vendor : known;
  const whatPiece = { text: column(whatText, what), style: known === '' ? theme.dim : undefined };
  const nameText = column(device.name === '' && !isWide ? device.address : device.name, name);
  const amounts = `${column(formatBytes(device.bytes), AMOUNT, 'right')} `;
  const ratePiece = { text: column(rate, RATE, 'right'), style: theme.good };
  const sure = identity.confidence > 0 ? formatPercent(identity.confidence) : '';
  return row(
    [
      { text: device.findings > 0 ? '● ' : '  ', style: theme.warning },
      { text: `${column(device.id.replace(/^ip:/, ''), ID)} ` },
      whatPiece,
      { text: ' ' },
      ...(isWide ? [{ text: `${column(sure, SURE, 'right')} `, style: theme.dim }] : []),
      { text: `${nameText} ` },
      ...(isWide ? [{ text: `${column(device.address, ADDRESS)} `, style: theme.dim }] : []),
      { text: amounts },
      ratePiece,
      ...(isWide ? [{ text: ` ${column(age(view, device), SEEN, 'right')}`, style: theme.dim }] : []),
    ],
    isChosen,
    width,
    theme,
  );
}

/** `D-Link DCS-930L, camera`; the operating system where no more is known; '' for nothing. */
export function identityText({ brand, model, category, os }: DeviceIdentity): string {
  const product = [brand, model].filter((part) => part !== '').join(' ');
  const kind = category === 'unknown' ? '' : category;
  const known = [product, kind].filter((part) => part !== '').join(', ');
  return known === '' ? os : known;
}

function age({ watched }: LiveView, { lastSeconds }: DeviceLine): string {
  const seconds = Math.max(0, watched.seconds - lastSeconds);
  if (seconds < 2) return 'now';
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)}m`;
  return seconds < 360_000 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
