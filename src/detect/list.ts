/**
 * The one list of detectors. A detector is one new file, its thresholds in `thresholds.ts`, and one line here.
 *
 * The detect room says what looks wrong: it reads views of flows, devices and messages, and returns findings. It has
 * no clock, no randomness, no input or output, and its state is bounded whatever the packets are.
 */
import { arpSpoof } from './arp-spoof.ts';
import type { DetectConfig } from './config.ts';
import { connectionStorm } from './connection-storm.ts';
import type { Detector, DetectorView } from './detector.ts';
import type { Finding } from './finding.ts';
import { hostScan } from './host-scan.ts';
import { ipConflict } from './ip-conflict.ts';
import { macClone } from './mac-clone.ts';
import { newDevice } from './new-device.ts';
import { portScan } from './port-scan.ts';
import { rogueDhcp } from './rogue-dhcp.ts';
import { suppress } from './suppress.ts';
import { trafficBurst } from './traffic-burst.ts';
import { volumeSpike } from './volume-spike.ts';

export function createDetectors(config: DetectConfig, view: DetectorView): Detector[] {
  const { thresholds } = config;
  return [
    newDevice(thresholds['new-device'], view, config.knownDevices),
    portScan(thresholds['port-scan'], view),
    hostScan(thresholds['host-scan'], view),
    connectionStorm(thresholds['connection-storm'], view),
    volumeSpike(thresholds['volume-spike'], view),
    trafficBurst(thresholds['traffic-burst'], view),
    arpSpoof(thresholds['arp-spoof'], view),
    ipConflict(thresholds['ip-conflict'], view),
    macClone(thresholds['mac-clone'], view),
    rogueDhcp(thresholds['rogue-dhcp'], view, config.dhcpServers),
  ];
}

/** What all detectors found, without what the configuration suppresses. */
export function collectFindings(detectors: readonly Detector[], config: DetectConfig): Finding[] {
  return suppress(
    detectors.flatMap((detector) => detector.findings()),
    config,
  );
}
