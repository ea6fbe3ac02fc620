/** The device table: two lines a device where the terminal is narrow, one where it is wide. */
import type { Severity } from '../../detect/finding.ts';
import { by, compareNumber, compareText } from '../../bytes/order.ts';
import { bestName } from '../device-name.ts';
import { formatBytes, formatPercent } from '../quantity.ts';
import type { ReportDevice } from '../schema.ts';
import { safeText } from './cell.ts';
import { type Cell, cell, type Column, renderGrid } from './grid.ts';
import type { Style } from './style.ts';

/** Terminal width from which every property has a column of its own. */
const WIDE = 132;

const WIDE_COLUMNS: readonly Column[] = [
  { head: 'Device', least: 17 },
  { head: 'Vendor', least: 12 },
  { head: 'What it is', least: 16 },
  { head: 'Sure', least: 5, align: 'right' },
  { head: 'Risk', least: 4, align: 'right' },
  { head: 'Address', least: 15 },
  { head: 'Name', least: 12 },
  { head: 'Sent', least: 7, align: 'right' },
  { head: 'Received', least: 8, align: 'right' },
];

const NARROW_COLUMNS: readonly Column[] = [
  { head: 'Device', least: 17 },
  { head: 'What it is', least: 14 },
  { head: 'Address and name', least: 15 },
  { head: 'Risk', least: 4, align: 'right' },
  { head: 'Traffic', least: 8, align: 'right' },
];

/** Most traffic first: what a person looks for is rarely the device that said least. */
export const byTraffic = by<ReportDevice>(
  (a, b) => compareNumber(volume(b), volume(a)),
  (a, b) => compareText(a.id, b.id),
);

export function renderDevices(devices: readonly ReportDevice[], width: number, style: Style): string {
  return width >= WIDE
    ? renderGrid(
        WIDE_COLUMNS,
        devices.map((device) => wideRow(device, style)),
        width,
        style.bold,
      )
    : renderGrid(
        NARROW_COLUMNS,
        devices.map((device) => narrowRow(device, style)),
        width,
        style.bold,
        true,
      );
}

function wideRow(device: ReportDevice, style: Style): Cell[] {
  return [
    deviceCell(device, style),
    vendorCell(device, style),
    whatCell(device, style),
    cell(confidence(device)),
    riskCell(device, style),
    cell(addressSummary(device)),
    cell(nameSummary(device)),
    cell(formatBytes(device.traffic.bytesOut)),
    cell(formatBytes(device.traffic.bytesIn)),
  ];
}

function narrowRow(device: ReportDevice, style: Style): Cell[] {
  const { product, kind } = identityParts(device);
  const sure = confidence(device);
  const second = [product === '' ? '' : kind, sure === '' ? '' : `${sure} sure`].filter(
    (part) => part !== '',
  );
  return [
    [...deviceCell(device, style), ...vendorCell(device, style)],
    product === '' && kind === ''
      ? cell(identitySummary(device), style.dim)
      : [...cell(product === '' ? kind : product), ...cell(second.join(', '), style.dim)],
    [...cell(addressSummary(device)), ...cell(nameSummary(device), style.dim)],
    riskCell(device, style),
    cell(formatBytes(volume(device))),
  ];
}

/** `D-Link DCS-930L, camera`; operating system or role where the identity is open; else `unknown`. */
export function identitySummary(device: ReportDevice): string {
  const { product, kind } = identityParts(device);
  const known = [product, kind].filter((part) => part !== '').join(', ');
  if (known !== '') return known;
  if (device.identity.os !== '') return safeText(device.identity.os);
  return device.roles.length > 0 ? safeText(device.roles.join(', ')) : 'unknown';
}

function identityParts({ identity }: ReportDevice): { product: string; kind: string } {
  return {
    product: safeText([identity.brand, identity.model].filter((part) => part !== '').join(' ')),
    kind: identity.category === 'unknown' ? '' : identity.category,
  };
}

function whatCell(device: ReportDevice, style: Style): Cell {
  const summary = identitySummary(device);
  return summary === 'unknown' ? cell(summary, style.dim) : cell(summary);
}

function deviceCell(device: ReportDevice, style: Style): Cell {
  const hint = linkHint(device);
  return hint === '' ? cell(safeText(device.id)) : [...cell(safeText(device.id)), ...cell(hint, style.dim)];
}

function vendorCell(device: ReportDevice, style: Style): Cell {
  if (device.vendor !== '') return cell(safeText(device.vendor), style.dim);
  if (device.macKind === 'local') return cell('local or random MAC', style.dim);
  return cell(device.macKind === 'universal' ? 'unregistered MAC' : '', style.dim);
}

/** Empty where there is none: what is to be looked at stands out. */
function riskCell({ risk }: ReportDevice, style: Style): Cell {
  return risk.value === 0
    ? cell('')
    : cell(String(risk.value), (text) => style.severity(riskGrade(risk.value), text));
}

/** The severity in whose colour a risk is shown. */
export function riskGrade(value: number): Severity {
  return value >= 50 ? 'critical' : value >= 30 ? 'high' : value >= 10 ? 'medium' : 'low';
}

function confidence({ identity }: ReportDevice): string {
  return identity.confidence > 0 ? formatPercent(identity.confidence) : '';
}

/** `also aa:bb:…` for the other MAC addresses of one device. */
export function linkHint({ links }: ReportDevice): string {
  const first = links[0];
  if (first === undefined) return '';
  return `also ${safeText(first.device)}${links.length > 1 ? ` +${links.length - 1}` : ''}`;
}

/** The first address and how many more there are: IPv4 before IPv6, as in the report. */
export function addressSummary({ addresses }: ReportDevice): string {
  const first = addresses[0];
  if (first === undefined) return '';
  return addresses.length === 1
    ? safeText(first.address)
    : `${safeText(first.address)} +${addresses.length - 1}`;
}

export function nameSummary(device: ReportDevice): string {
  return safeText(bestName(device));
}

function volume({ traffic }: ReportDevice): number {
  return traffic.bytesOut + traffic.bytesIn;
}
