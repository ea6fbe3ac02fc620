/**
 * exfiltration (ATT&CK T1048): a device sends far more to one address elsewhere than it gets back from there and than
 * it sends to all others together. Backups do that too, so a named server on a port of the web is `low`.
 *
 * State: `MAX_PAIRS` pairs of device and address that were sent a tenth of the threshold or more at once.
 */
import { formatCount } from '../bytes/count.ts';
import { BoundedMap } from './bounded-map.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
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

export const exfiltration: DetectorFactory<RuleConfig<'exfiltration'>> = (config, view): Detector => {
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS);

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    const bytesOut = flows.origIpBytes[slot]!;
    if (bytesOut * 10 < config.bytes) return;
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

  function isExfiltration({ device, bytesOut, bytesIn }: Pair): boolean {
    const others = view.devices.bytesOut[device]! - bytesOut;
    return (
      bytesOut >= config.bytes && bytesOut >= config.ratio * bytesIn && bytesOut >= config.factor * others
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
};
