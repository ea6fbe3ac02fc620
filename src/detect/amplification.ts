/**
 * amplification (ATT&CK T1498.002): small datagrams to services that give long answers, in numbers that no client
 * sends: the sender's address is the victim's, and a device of this network is used as the reflector. Where it answers
 * little (it limits its rate), questions from elsewhere to a service that is meant for this network alone are `medium`.
 *
 * State: `MAX_PAIRS` triples of asker, answerer and port.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpAt, isPrivateIp } from '../bytes/address.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 2048;
/** Services that are known to be abused, by port. */
const REFLECTORS: ReadonlyMap<number, string> = new Map([
  [17, 'quote of the day'],
  [19, 'character generator'],
  [53, 'DNS'],
  [69, 'TFTP'],
  [111, 'portmapper'],
  [123, 'NTP'],
  [161, 'SNMP'],
  [389, 'CLDAP'],
  [1900, 'SSDP'],
  [3702, 'WS-Discovery'],
  [5353, 'mDNS'],
  [5683, 'CoAP'],
  [11211, 'memcached'],
]);

/** Services that a network may offer to others on purpose. */
const OFFERED = new Set([53, 123]);

interface Pair {
  readonly victim: string;
  readonly reflector: string;
  readonly device: number;
  readonly port: number;
  /** A question from elsewhere to a service for neighbours. */
  readonly isMisplaced: boolean;
  readonly episode: Episode;
  requests: number;
  bytesIn: number;
  bytesOut: number;
}

export const amplification: DetectorFactory<RuleConfig<'amplification'>> = (config, view): Detector => {
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS);

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    if (flows.ipProtocol[slot] !== IP_PROTOCOL.udp || !REFLECTORS.has(flows.respPort[slot]!)) return;
    const at = slot * 4;
    const port = flows.respPort[slot]!;
    const { origIp } = flows;
    const isMisplaced =
      !OFFERED.has(port) && !isPrivateIp(origIp[at]!, origIp[at + 1]!, origIp[at + 2]!, origIp[at + 3]!);
    // Answers that are not longer than the questions amplify nothing.
    if (!isMisplaced && flows.respIpBytes[slot]! <= flows.origIpBytes[slot]!) return;
    const device = devices.ownerOf(flows.respIp, at, flows.respMac[slot]!);
    if (device < 0 || (isMisplaced && devices.ownerOf(origIp, at, flows.origMac[slot]!) >= 0)) return;
    const victim = formatIpAt(origIp, at);
    const reflector = view.ends.target(slot);
    const seconds = flows.firstSeconds[slot]!;
    const pair = pairs.use(`${victim} ${reflector} ${port}`, () => ({
      victim,
      reflector,
      device,
      port,
      isMisplaced,
      episode: new Episode(seconds, flows.firstNanos[slot]!),
      requests: 0,
      bytesIn: 0,
      bytesOut: 0,
    }));
    pair.episode.add(seconds, flows.firstNanos[slot]!, flows.firstPacket[slot]!);
    pair.episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    pair.requests += flows.origPackets[slot]!;
    pair.bytesIn += flows.origIpBytes[slot]!;
    pair.bytesOut += flows.respIpBytes[slot]!;
  }

  function isAmplified({ bytesIn, bytesOut }: Pair): boolean {
    return bytesOut >= config.factor * bytesIn;
  }

  function isAmplification(pair: Pair): boolean {
    const { requests, episode, isMisplaced } = pair;
    return (
      requests >= config.requests &&
      requests / episode.durationSeconds >= config.requestsPerSecond &&
      (isMisplaced || isAmplified(pair))
    );
  }

  return {
    id: 'amplification',
    flowEnd,
    findings(): Finding[] {
      return [...pairs.values()].filter(isAmplification).map((pair) => {
        const { victim, reflector, device, port, episode, requests, bytesIn, bytesOut } = pair;
        const actor = deviceActor(view, device);
        const amplified = isAmplified(pair);
        return findingOf(episode, {
          rule: 'amplification',
          severity: amplified ? 'high' : 'medium',
          confidence: amplified ? 0.85 : 0.75,
          actor,
          peer: victim,
          summary: `${actor.label} is ${amplified ? 'used' : 'asked'} to send ${victim} ${formatCount(bytesOut)} bytes of ${REFLECTORS.get(port)} answers to ${formatCount(bytesIn)} bytes of questions`,
          evidence: {
            reflector,
            victim,
            port: `udp/${port}`,
            requests,
            bytesIn,
            bytesOut,
            factor: Math.round((bytesOut / Math.max(1, bytesIn)) * 10) / 10,
          },
          technique: 'T1498.002',
        });
      });
    },
  };
};
