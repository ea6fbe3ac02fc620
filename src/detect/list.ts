/**
 * The one list of detectors. A detector is one new file, its thresholds in `thresholds.ts`, and one line here.
 *
 * The detect room says what looks wrong: it reads views of flows, devices and messages, and returns findings. It has
 * no clock, no randomness, no input or output, and its state is bounded whatever the packets are.
 */
import { amplification } from './amplification.ts';
import { arpSpoof } from './arp-spoof.ts';
import type { Baseline } from './baseline.ts';
import { beaconing } from './beaconing.ts';
import { bruteForce } from './brute-force.ts';
import { cleartextLogin } from './cleartext-login.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { DetectConfig } from './config.ts';
import { connectionStorm } from './connection-storm.ts';
import type { Detector, DetectorView } from './detector.ts';
import { dga } from './dga.ts';
import { dhcpStarvation } from './dhcp-starvation.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { exfiltration } from './exfiltration.ts';
import type { Finding } from './finding.ts';
import { flood } from './flood.ts';
import { FlowEnds } from './flow-ends.ts';
import { heartbeat } from './heartbeat.ts';
import { hostScan } from './host-scan.ts';
import { icmpTunnel } from './icmp-tunnel.ts';
import { ipConflict } from './ip-conflict.ts';
import { macClone } from './mac-clone.ts';
import { namePoisoning } from './name-poisoning.ts';
import { ndSpoof } from './nd-spoof.ts';
import { newDevice } from './new-device.ts';
import { newDomain } from './new-domain.ts';
import { newPeer } from './new-peer.ts';
import { portMapping } from './port-mapping.ts';
import { portScan } from './port-scan.ts';
import { rogueDhcp } from './rogue-dhcp.ts';
import { rogueRa } from './rogue-ra.ts';
import { suppress } from './suppress.ts';
import { trafficBurst } from './traffic-burst.ts';
import { volumeSpike } from './volume-spike.ts';
import { weakTls } from './weak-tls.ts';

/** `baseline`: what was normal before; null when that is not known. */
export function createDetectors(
  config: DetectConfig,
  seen: Omit<DetectorView, 'ends'>,
  baseline: Baseline | null = null,
): Detector[] {
  const view = { ...seen, ends: new FlowEnds(seen.flows, seen.devices) };
  const { thresholds, learnSeconds } = config;
  const hasHabits = baseline !== null || learnSeconds > 0;
  return [
    newDevice(thresholds['new-device'], view, knownDevices(config, baseline), learnSeconds),
    ...(hasHabits ? [newPeer(thresholds['new-peer'], view, baseline, learnSeconds)] : []),
    ...(hasHabits ? [newDomain(thresholds['new-domain'], view, baseline, learnSeconds)] : []),
    portScan(thresholds['port-scan'], view),
    hostScan(thresholds['host-scan'], view),
    connectionStorm(thresholds['connection-storm'], view),
    volumeSpike(thresholds['volume-spike'], view),
    trafficBurst(thresholds['traffic-burst'], view),
    arpSpoof(thresholds['arp-spoof'], view),
    ipConflict(thresholds['ip-conflict'], view),
    macClone(thresholds['mac-clone'], view),
    rogueDhcp(thresholds['rogue-dhcp'], view, config.dhcpServers),
    rogueRa(view, config.gateways),
    ndSpoof(thresholds['nd-spoof'], view),
    dhcpStarvation(thresholds['dhcp-starvation'], view),
    namePoisoning(thresholds['name-poisoning'], view),
    flood('syn-flood', thresholds['syn-flood'], view),
    flood('udp-flood', thresholds['udp-flood'], view),
    flood('icmp-flood', thresholds['icmp-flood'], view),
    bruteForce(thresholds['brute-force'], view),
    cleartextLogin(thresholds['cleartext-login'], view),
    weakTls(thresholds['weak-tls'], view),
    beaconing(thresholds.beaconing, view),
    heartbeat(thresholds.heartbeat, view),
    dnsTunnel(thresholds['dns-tunnel'], view),
    icmpTunnel(thresholds['icmp-tunnel'], view),
    dga(thresholds.dga, view),
    exfiltration(thresholds.exfiltration, view, baseline),
    amplification(thresholds.amplification, view),
    portMapping(thresholds['port-mapping'], view),
  ];
}

function knownDevices(config: DetectConfig, baseline: Baseline | null): readonly string[] | null {
  if (baseline === null) return config.knownDevices;
  return [...baseline.devices.keys(), ...(config.knownDevices ?? [])];
}

/** What all detectors found, without what the configuration suppresses. */
export function collectFindings(
  detectors: readonly Detector[],
  config: DetectConfig,
  devices: DeviceRegistry,
): Finding[] {
  return suppress(
    detectors.flatMap((detector) => detector.findings()),
    config,
    devices.devices,
  );
}
