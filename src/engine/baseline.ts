import { type Baseline, type KnownDevice, networkOf } from '../detect/baseline.ts';
import { registrableDomain } from '../detect/domain-name.ts';
import type { Report, ReportDevice } from '../report/schema.ts';

export type { Baseline };

/** Less than this many seconds say nothing about an hour. */
const MIN_HOUR_SECONDS = 600;

/** What a report says is normal. */
export function baselineOf(report: Report): Baseline {
  const ids = new Set(report.devices.map(({ id }) => id));
  const hours = Math.max(MIN_HOUR_SECONDS, report.totals.durationSeconds) / 3600;
  return {
    digest: report.digest,
    devices: new Map(report.devices.map((device) => [device.id, knownDevice(device, ids, hours)])),
  };
}

function knownDevice(device: ReportDevice, ids: ReadonlySet<string>, hours: number): KnownDevice {
  const { omitted } = device;
  const domains = [
    ...device.domains.map(({ name }) => name),
    ...device.peers.map(({ name }) => name).filter((name) => name !== ''),
  ];
  return {
    peers: new Set(device.peers.map(({ peer }) => (ids.has(peer) ? peer : networkOf(peer)))),
    domains: new Set(domains.map((name) => registrableDomain(name.toLowerCase()))),
    hasAllPeers: omitted['peers'] === undefined,
    hasAllDomains: omitted['domains'] === undefined,
    bytesOutPerHour: device.traffic.bytesOut / hours,
  };
}
