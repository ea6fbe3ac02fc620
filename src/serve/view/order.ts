/** Which devices and findings are shown, in which order. */
import { by, compareNumber, compareText } from '../../bytes/order.ts';
import type { DeviceLine, LiveView } from '../../engine/live-view.ts';
import type { Sort, ViewState } from './state.ts';

export type Finding = LiveView['findings'][number];
type Compare = (a: DeviceLine, b: DeviceLine) => number;

const byId: Compare = (a, b) => compareText(a.id, b.id);
/** Entries without the text come last. */
const byText =
  (text: (line: DeviceLine) => string): Compare =>
  (a, b) =>
    compareNumber(Number(text(a) === ''), Number(text(b) === '')) || compareText(text(a), text(b));

const ORDER: Readonly<Record<Sort, Compare>> = {
  traffic: by((a, b) => compareNumber(b.bytes, a.bytes), byId),
  rate: by((a, b) => compareNumber(b.bytesPerSecond, a.bytesPerSecond), byId),
  name: by(
    byText(({ name }) => name.toLowerCase()),
    byId,
  ),
  address: by(
    byText(({ address }) => sortableAddress(address)),
    byId,
  ),
  newest: (a, b) => compareNumber(b.index, a.index),
  findings: by(
    (a, b) => compareNumber(b.findings, a.findings),
    (a, b) => compareNumber(b.bytes, a.bytes),
    byId,
  ),
};

export function orderDevices(lines: readonly DeviceLine[], { sort, filter }: ViewState): DeviceLine[] {
  const wanted = filter.toLowerCase();
  return lines
    .filter(({ id, vendor, name, address, identity }) => {
      const { brand = '', model = '', category = '', os = '' } = identity ?? {};
      return contains(`${id}\n${vendor}\n${name}\n${address}\n${brand} ${model}\n${category}\n${os}`, wanted);
    })
    .sort(ORDER[sort]);
}

/** The latest first. */
export function orderFindings(findings: readonly Finding[], { filter }: ViewState): Finding[] {
  const wanted = filter.toLowerCase();
  return findings
    .filter(({ rule, severity, device, peer, summary }) =>
      contains(`${rule}\n${severity}\n${device}\n${peer}\n${summary}`, wanted),
    )
    .sort(
      by(
        (a, b) => compareNumber(b.first.seconds, a.first.seconds),
        (a, b) => compareNumber(b.first.nanos, a.first.nanos),
        (a, b) => compareText(findingKey(a), findingKey(b)),
      ),
    );
}

/** Its count and summary grow; who did what to whom since when stays. */
export function findingKey({ rule, device, peer, first }: Finding): string {
  return `${rule} ${device} ${peer} ${first.seconds}.${first.nanos}`;
}

function contains(text: string, wanted: string): boolean {
  return wanted === '' || text.toLowerCase().includes(wanted);
}

/** IPv4 addresses in the order of their numbers. */
function sortableAddress(address: string): string {
  return address.includes(':')
    ? `~${address}`
    : address.replaceAll(/\d+/g, (digits) => digits.padStart(3, '0'));
}
