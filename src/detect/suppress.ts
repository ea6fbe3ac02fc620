import type { Device } from '../device/device.ts';
import type { DetectConfig, Suppression } from './config.ts';
import type { Finding } from './finding.ts';

/** Rules that a trusted scanner or monitor is expected to hit. */
const EXPECTED_OF_TRUSTED = new Set([
  'port-scan',
  'host-scan',
  'icmp-flood',
  'brute-force',
  'traffic-burst',
  'new-peer',
]);

/** Rules that describe what a gateway does all day: it carries the traffic and asks the questions of others. */
const EXPECTED_OF_GATEWAY = new Set([
  'beaconing',
  'exfiltration',
  'ip-conflict',
  'mac-clone',
  'new-domain',
  'new-peer',
  'traffic-burst',
  'volume-spike',
]);

/** The findings that nobody has said to expect. */
export function suppress(
  findings: readonly Finding[],
  config: DetectConfig,
  devices: readonly Device[],
): Finding[] {
  const trusted = idsOf(config.trusted, devices);
  const gateways = idsOf(config.gateways, devices);
  const suppressions = config.suppressions.map((suppression) => ({
    ...suppression,
    devices: idsOf([suppression.device], devices),
    peers: idsOf([suppression.peer], devices),
  }));
  return findings.filter(
    (finding) =>
      !(EXPECTED_OF_TRUSTED.has(finding.rule) && isBy(finding, trusted)) &&
      !(EXPECTED_OF_GATEWAY.has(finding.rule) && isBy(finding, gateways)) &&
      !suppressions.some((suppression) => matches(suppression, finding)),
  );
}

/** Names as a person writes them, and the ids of the devices that have such an address. */
function idsOf(names: readonly string[], devices: readonly Device[]): Set<string> {
  const ids = new Set(names.map((name) => name.toLowerCase()));
  for (const name of names) {
    if (name === '') continue;
    for (const device of devices) if (device.addresses.has(name.toLowerCase())) ids.add(device.id);
  }
  return ids;
}

/** The actor is one of `ids`: a device, or the address of somebody elsewhere. */
function isBy({ device, evidence }: Finding, ids: ReadonlySet<string>): boolean {
  return ids.has(device) || (device === '' && ids.has(String(evidence['source'] ?? '').toLowerCase()));
}

interface Resolved extends Suppression {
  readonly devices: ReadonlySet<string>;
  readonly peers: ReadonlySet<string>;
}

function matches(suppression: Resolved, finding: Finding): boolean {
  if (suppression.rule !== '*' && suppression.rule !== finding.rule) return false;
  if (suppression.device !== '' && !isBy(finding, suppression.devices)) return false;
  if (suppression.peer !== '' && !suppression.peers.has(finding.peer.toLowerCase())) return false;
  if (suppression.until === '') return true;
  // Packet time decides: an old capture is judged as it would have been then.
  return finding.first.seconds < Date.parse(`${suppression.until}T00:00:00Z`) / 1000 + 86_400;
}
