/**
 * CSV for spreadsheets: RFC 4180, UTF-8, CRLF. A spreadsheet runs what begins like a formula, and names come from
 * strangers: such text gets an apostrophe before it.
 */
import { bestName } from './device-name.ts';
import type { FlowRow } from './flows.ts';
import type { TalkerRow } from './talkers.ts';
import type { ReportDevice, ReportFinding } from './schema.ts';

type CsvValue = string | number;

const FORMULA = /^[\s\u0000]*[=+\-@|]|^[\t\r\n]/;

/** One field. */
export function csvField(value: CsvValue): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t\u0000-\u001f]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

/** A header line and one line a device. */
export function* devicesCsv(devices: readonly ReportDevice[]): Generator<string> {
  yield csvLine([
    'id',
    'mac',
    'vendor',
    'brand',
    'model',
    'category',
    'os',
    'confidence',
    'address',
    'name',
    'risk',
    'roles',
    'addresses',
    'names',
    'services',
    'packets_out',
    'packets_in',
    'bytes_out',
    'bytes_in',
    'first_seen',
    'last_seen',
  ]);
  for (const device of devices) {
    const { identity, traffic } = device;
    yield csvLine([
      device.id,
      device.mac ?? '',
      device.vendor,
      identity.brand,
      identity.model,
      identity.category,
      identity.os,
      identity.confidence,
      device.addresses[0]?.address ?? '',
      bestName(device),
      device.risk.value,
      device.roles.join(' '),
      device.addresses.map(({ address }) => address).join(' '),
      [...new Set(device.names.map(({ name }) => name))].join('; '),
      [...new Set(device.services.map(serviceText))].join(' '),
      traffic.packetsOut,
      traffic.packetsIn,
      traffic.bytesOut,
      traffic.bytesIn,
      device.firstSeen,
      device.lastSeen,
    ]);
  }
}

/** `http:80`; a service that has no name but its port is `udp/53` already. */
function serviceText({ name, port }: ReportDevice['services'][number]): string {
  return port > 0 && !name.endsWith(`/${port}`) ? `${name}:${port}` : name;
}

/** A header line and one line a finding. */
export function* findingsCsv(findings: readonly ReportFinding[]): Generator<string> {
  yield csvLine([
    'id',
    'severity',
    'rule',
    'score',
    'confidence',
    'device',
    'peer',
    'first_time',
    'last_time',
    'count',
    'technique',
    'summary',
    'packets',
  ]);
  for (const finding of findings) {
    yield csvLine([
      finding.id,
      finding.severity,
      finding.rule,
      finding.score,
      finding.confidence,
      finding.device,
      finding.peer,
      finding.firstTime,
      finding.lastTime,
      finding.count,
      finding.technique,
      finding.summary,
      finding.packets.join(' '),
    ]);
  }
}

/** A header line and one line a flow. */
export function* flowsCsv(rows: readonly FlowRow[]): Generator<string> {
  const columns: (keyof FlowRow)[] = [
    'flow',
    'start',
    'durationSeconds',
    'proto',
    'orig',
    'origPort',
    'resp',
    'respPort',
    'service',
    'state',
    'history',
    'origPackets',
    'respPackets',
    'origBytes',
    'respBytes',
  ];
  if (rows.some(({ mlScore }) => mlScore !== undefined)) columns.push('ml', 'mlScore');
  yield csvLine(columns.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
  for (const row of rows) yield csvLine(columns.map((name) => row[name] ?? ''));
}

/** A header line and one line a host. */
export function* talkersCsv(rows: readonly TalkerRow[]): Generator<string> {
  const columns = [
    'address',
    'opened',
    'accepted',
    'packets',
    'sent',
    'received',
  ] as const satisfies readonly (keyof TalkerRow)[];
  yield csvLine(columns);
  for (const row of rows) yield csvLine(columns.map((name) => row[name]));
}
