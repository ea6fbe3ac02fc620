/**
 * amplification (ATT&CK T1498.002): small datagrams to services that give long answers, in numbers that no client
 * sends: the sender's address is the victim's. A device of this network forges it, or is used as the reflector. Where
 * that one answers little (it limits its rate), questions from elsewhere to a service that is meant for this network
 * alone, or that goes unanswered, are `medium`.
 *
 * State: `MAX_PAIRS` triples of asker, answerer and port, `MAX_CLOSED` that are over.
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
import { FLOW_CLASS } from './flow-outcome.ts';
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
const DNS_PORT = 53;
/** After it the rate is measured anew. */
const PAUSE_SECONDS = 60;
const MAX_CLOSED = 1024;

interface Pair {
  readonly victim: string;
  readonly reflector: string;
  /** Who is to blame: the device that asks in the name of the victim, or else the one that reflects. */
  readonly device: number;
  readonly isForger: boolean;
  readonly port: number;
  /** A question that no client elsewhere sends: forged here, or to a service for neighbours, or never answered. */
  readonly isMisplaced: boolean;
  readonly episode: Episode;
  requests: number;
  bytesIn: number;
  bytesOut: number;
}

export const amplification: DetectorFactory<RuleConfig<'amplification'>> = (config, view): Detector => {
  const closed: Pair[] = [];
  const close = (pair: Pair): void => {
    if (isAmplification(pair) && closed.length < MAX_CLOSED) closed.push(pair);
  };
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS, close);

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    if (flows.ipProtocol[slot] !== IP_PROTOCOL.udp || !REFLECTORS.has(flows.respPort[slot]!)) return;
    const at = slot * 4;
    const port = flows.respPort[slot]!;
    const { origIp } = flows;
    const isPrivate = isPrivateIp(origIp[at]!, origIp[at + 1]!, origIp[at + 2]!, origIp[at + 3]!);
    // Judged flow by flow: ordinary look-ups of the victim would hide the others among them.
    const isLong = flows.respIpBytes[slot]! >= config.factor * flows.origIpBytes[slot]!;
    if (isPrivate && !isLong) return;
    const mac = flows.origMac[slot]!;
    const isElsewhere = !isPrivate && devices.ownerOf(origIp, at, mac) < 0;
    const forger = isElsewhere ? devices.actorOf(origIp, at, mac) : -1;
    const isMisplaced = isElsewhere && (forger >= 0 || !OFFERED.has(port) || flows.respPackets[slot] === 0);
    if (!isLong && !isMisplaced) return;
    const reflecting = devices.ownerOf(flows.respIp, at, flows.respMac[slot]!);
    // A reflector elsewhere: whoever sends the questions does it. Resolvers ask others for long answers all day.
    const asking = forger < 0 && reflecting < 0 && port !== DNS_PORT ? devices.indexOf(mac) : forger;
    const device = asking >= 0 ? asking : reflecting;
    if (device < 0) return;
    const victim = formatIpAt(origIp, at);
    const reflector = view.ends.target(slot);
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const key = `${victim} ${reflector} ${port}`;
    const known = pairs.peek(key);
    if (known !== undefined && known.episode.secondsSince(seconds, nanos) > PAUSE_SECONDS) {
      close(known);
      pairs.delete(key);
    }
    const pair = pairs.use(key, () => ({
      victim,
      reflector,
      device,
      port,
      isForger: asking >= 0,
      isMisplaced,
      episode: new Episode(seconds, nanos),
      requests: 0,
      bytesIn: 0,
      bytesOut: 0,
    }));
    pair.episode.add(seconds, nanos, flows.firstPacket[slot]!);
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

  function summaryOf(pair: Pair, who: string, amplified: boolean): string {
    const { victim, reflector, isForger, port, requests, bytesIn, bytesOut } = pair;
    const service = REFLECTORS.get(port)!;
    return isForger
      ? `${who} asked ${service} of ${reflector} ${formatCount(requests)} times in the name of ${victim}`
      : `${who} is ${amplified ? 'used' : 'asked'} to send ${victim} ${formatCount(bytesOut)} bytes of ${service} answers to ${formatCount(bytesIn)} bytes of questions`;
  }

  return {
    id: 'amplification',
    flowEnd,
    flowClasses: FLOW_CLASS.exchange | FLOW_CLASS.other,
    findings(): Finding[] {
      return [...closed, ...[...pairs.values()].filter(isAmplification)].map((pair) => {
        const { victim, reflector, device, isForger, port, episode, requests, bytesIn, bytesOut } = pair;
        const actor = deviceActor(view, device);
        const amplified = isAmplified(pair);
        return findingOf(episode, {
          rule: 'amplification',
          severity: amplified || isForger ? 'high' : 'medium',
          confidence: amplified || isForger ? 0.85 : 0.75,
          actor,
          peer: victim,
          summary: summaryOf(pair, actor.label, amplified),
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
