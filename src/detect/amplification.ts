/**
 * amplification (ATT&CK T1498.002): small datagrams to services that give long answers, in numbers that no client
 * sends: the sender's address is the victim's, and a device of this network is used as the reflector.
 *
 * State: `MAX_PAIRS` triples of asker, answerer and port.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpAt } from '../bytes/address.ts';
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

interface Pair {
  readonly victim: string;
  readonly reflector: string;
  readonly device: number;
  readonly port: number;
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
    // Answers that are not longer than the questions amplify nothing.
    if (flows.respIpBytes[slot]! <= flows.origIpBytes[slot]!) return;
    const device = devices.ownerOf(flows.respIp, slot * 4, flows.respMac[slot]!);
    if (device < 0) return;
    const victim = formatIpAt(flows.origIp, slot * 4);
    const reflector = view.ends.target(slot);
    const port = flows.respPort[slot]!;
    const seconds = flows.firstSeconds[slot]!;
    const pair = pairs.use(`${victim} ${reflector} ${port}`, () => ({
      victim,
      reflector,
      device,
      port,
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

  function isAmplification({ requests, bytesIn, bytesOut, episode }: Pair): boolean {
    return (
      requests >= config.requests &&
      requests / episode.durationSeconds >= config.requestsPerSecond &&
      bytesOut >= config.factor * bytesIn
    );
  }

  return {
    id: 'amplification',
    flowEnd,
    findings(): Finding[] {
      return [...pairs.values()].filter(isAmplification).map((pair) => {
        const { victim, reflector, device, port, episode, requests, bytesIn, bytesOut } = pair;
        const actor = deviceActor(view, device);
        return findingOf(episode, {
          rule: 'amplification',
          severity: 'high',
          confidence: 0.85,
          actor,
          peer: victim,
          summary: `${actor.label} is used to send ${victim} ${formatCount(bytesOut)} bytes of ${REFLECTORS.get(port)} answers to ${formatCount(bytesIn)} bytes of questions`,
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
