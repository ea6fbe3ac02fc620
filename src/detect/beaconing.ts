/**
 * beaconing (ATT&CK T1071): a device opens connections to one address elsewhere at regular intervals. Devices poll
 * their clouds all day, so a beacon to a named one informs; to an address without a name it is `low`, and surer on a
 * port that clients do not use. Attempts that fail are no beacons (see connection-storm), and protocols that poll by
 * nature say nothing: clocks, leases, names and announcements. What hides in questions for names is left to dns-tunnel
 * and dga.
 *
 * State: `MAX_PAIRS` triples of device, address and port (later ones are not followed), the last `TIMES` times each.
 */
import { formatIpAt } from '../bytes/address.ts';
import { toSeconds } from '../bytes/time.ts';
import { AddressTable } from '../device/address-table.ts';
import { ISSUE } from '../packet/issue.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import { PROTOCOLS } from '../protocol/list.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import { POLLED_PORTS } from './polled-ports.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 16_384;
const TIMES = 64;
const MAX_FINDINGS = 500;
/** Protocols that repeat themselves by nature, by their names in the list of decoders. */
const PERIODIC = new Set(['ntp', 'dns', 'mdns', 'llmnr', 'ssdp', 'dhcp', 'dhcpv6', 'netbios-ns']);
/** The same by `service` of a flow: index in the list plus one. */
const IS_PERIODIC = Uint8Array.of(0, ...PROTOCOLS.map(({ name }) => (PERIODIC.has(name) ? 1 : 0)));
const NTP_PORT = 123;

interface Pair {
  readonly device: number;
  readonly address: string;
  readonly port: number;
  readonly protocol: number;
  readonly episode: Episode;
  readonly times: number[];
  bytes: number;
}

export const beaconing: DetectorFactory<RuleConfig<'beaconing'>> = (config, view): Detector => {
  const table = new AddressTable(MAX_PAIRS);
  const pairs: Pair[] = [];

  function flowEnd(slot: number): void {
    const { flows } = view;
    const protocol = flows.ipProtocol[slot]!;
    if (flows.respPackets[slot] === 0) return;
    if (
      protocol === IP_PROTOCOL.tcp
        ? (flows.respTcpFlags[slot]! & TCP_FLAG.syn) === 0
        : protocol !== IP_PROTOCOL.udp
    )
      return;
    if (IS_PERIODIC[flows.service[slot]!] === 1) return;
    const port = flows.respPort[slot]!;
    // Clock daemons speak from their own port; in a capture cut short that is all there is to know them by.
    if (protocol === IP_PROTOCOL.udp && port === NTP_PORT && flows.origPort[slot] === NTP_PORT) return;
    const at = slot * 4;
    const { origIp, respIp } = flows;
    const device = view.devices.ownerOf(origIp, at, flows.origMac[slot]!);
    if (device < 0 || device >= 32_768 || view.devices.ownerOf(respIp, at, flows.respMac[slot]!) >= 0) return;
    const owner = device * 65_536 + port;
    const w0 = respIp[at]!;
    const w1 = respIp[at + 1]!;
    const w2 = respIp[at + 2]!;
    const w3 = respIp[at + 3]!;
    let entry = table.find(owner, w0, w1, w2, w3);
    if (entry < 0) {
      entry = table.add(owner, w0, w1, w2, w3);
      if (entry < 0) {
        view.issues.add(ISSUE['detect/limit'], flows.firstPacket[slot]!);
        return;
      }
      const episode = new Episode(flows.firstSeconds[slot]!, flows.firstNanos[slot]!);
      pairs.push({ device, address: formatIpAt(respIp, at), port, protocol, episode, times: [], bytes: 0 });
    }
    const pair = pairs[entry]!;
    pair.episode.add(flows.firstSeconds[slot]!, flows.firstNanos[slot]!, flows.firstPacket[slot]!);
    pair.bytes += flows.origIpBytes[slot]!;
    pair.times.push(toSeconds(flows.firstSeconds[slot]!, flows.firstNanos[slot]!));
    if (pair.times.length > TIMES) pair.times.shift();
  }

  /** Median interval and the median deviation from it, in seconds; null when it is no beacon. */
  function rhythm({ times }: Pair): { interval: number; jitter: number } | null {
    if (times.length < config.connections) return null;
    const sorted = [...times].sort((a, b) => a - b);
    const intervals = sorted.slice(1).map((time, i) => time - sorted[i]!);
    const interval = median(intervals);
    if (interval < config.minIntervalSeconds || interval > config.maxIntervalSeconds) return null;
    const jitter = median(intervals.map((each) => Math.abs(each - interval))) / interval;
    return jitter <= config.jitter ? { interval, jitter } : null;
  }

  return {
    id: 'beaconing',
    flowEnd,
    findings(): Finding[] {
      const findings: Finding[] = [];
      for (const pair of pairs) {
        const found = rhythm(pair);
        if (found === null || findings.length >= MAX_FINDINGS) continue;
        const { device, address, port, protocol, episode } = pair;
        const name = view.devices.nameOf(device, address);
        const unknown = name === '';
        const unusual = unknown && !POLLED_PORTS.has(port);
        const actor = deviceActor(view, device);
        const service = `${protocol === IP_PROTOCOL.tcp ? 'tcp' : 'udp'}/${port}`;
        findings.push(
          findingOf(episode, {
            rule: 'beaconing',
            severity: unknown ? 'low' : 'info',
            confidence: unusual ? 0.6 : 0.4,
            actor,
            peer: address,
            summary: `${actor.label} contacts ${name === '' ? address : name} on ${service} every ${found.interval.toFixed(1)} s`,
            evidence: {
              address,
              name,
              port: service,
              connections: episode.count,
              intervalSeconds: Math.round(found.interval * 10) / 10,
              jitter: Math.round(found.jitter * 1000) / 1000,
              meanBytesOut: Math.round(pair.bytes / episode.count),
            },
            technique: 'T1071',
          }),
        );
      }
      return findings;
    },
  };
};

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1] ?? 0;
}
