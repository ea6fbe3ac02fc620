/**
 * exfiltration (ATT&CK T1048): a device sends far more to one address elsewhere than it gets back from there and than
 * it sends to all others together; or, where a baseline says what is usual for it, than it ever sends. Backups do that too, so a named server on a port of the web is `low`.
 *
 * State: `MAX_PAIRS` pairs of device and address that were sent a tenth of the threshold or more at once.
 */
import { formatCount } from '../bytes/count.ts';
import { BoundedMap } from './bounded-map.ts';
import { deviceActor } from './actor.ts';
import type { Baseline } from './baseline.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 1024;
const WEB_PORTS = new Set([80, 443, 8080, 8443]);

interface Pair {
  readonly device: number;
  readonly address: string;
  readonly port: number;
  readonly episode: Episode;
  bytesOut: number;
  bytesIn: number;
}

export function exfiltration(
  config: RuleConfig<'exfiltration'>,
  view: DetectorView,
  baseline: Baseline | null,
): Detector {
  const least = baseline === null ? config.bytes : Math.min(config.bytes, config.historyBytes);
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS);

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    const bytesOut = flows.origIpBytes[slot]!;
    if (bytesOut * 10 < least) return;
    const device = devices.ownerOf(flows.origIp, slot * 4, flows.origMac[slot]!);
    if (device < 0 || devices.ownerOf(flows.respIp, slot * 4, flows.respMac[slot]!) >= 0) return;
    const address = view.ends.target(slot);
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const pair = pairs.use(`${device} ${address}`, () => ({
      device,
      address,
      port: flows.respPort[slot]!,
      episode: new Episode(seconds, nanos),
      bytesOut: 0,
      bytesIn: 0,
    }));
    pair.episode.add(seconds, nanos, flows.firstPacket[slot]!);
    pair.episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    pair.bytesOut += bytesOut;
    pair.bytesIn += flows.respIpBytes[slot]!;
  }

  function isExfiltration(pair: Pair): boolean {
    const { device, bytesOut, bytesIn } = pair;
    if (isUnlikeBefore(pair)) return true;
    const others = view.devices.bytesOut[device]! - bytesOut;
    return (
      bytesOut >= config.bytes && bytesOut >= config.ratio * bytesIn && bytesOut >= config.factor * others
    );
  }

  /** The device sent this much more than its own history makes likely, and got little back. */
  function isUnlikeBefore({ device, bytesOut, bytesIn, episode }: Pair): boolean {
    const known = baseline?.devices.get(view.devices.devices[device]!.id);
    if (known === undefined) return false;
    const hours = Math.max(1, episode.durationSeconds / 3600);
    return (
      bytesOut >= config.historyBytes &&
      bytesOut >= config.ratio * bytesIn &&
      bytesOut >= config.historyFactor * known.bytesOutPerHour * hours
    );
  }

  return {
    id: 'exfiltration',
    flowEnd,
    findings(): Finding[] {
      return [...pairs.values()]
        .filter(isExfiltration)
        .map(({ device, address, port, episode, bytesOut, bytesIn }) => {
          const actor = deviceActor(view, device);
          const name = view.devices.nameOf(device, address);
          const web = name !== '' && WEB_PORTS.has(port);
          return findingOf(episode, {
            rule: 'exfiltration',
            severity: web ? 'low' : 'medium',
            confidence: web ? 0.4 : 0.7,
            actor,
            peer: address,
            summary: `${actor.label} sent ${formatCount(bytesOut)} bytes to ${name === '' ? address : name} and got ${formatCount(bytesIn)} back`,
            evidence: { address, name, port, bytesOut, bytesIn, flows: episode.count },
            technique: 'T1048',
          });
        });
    },
  };
}
