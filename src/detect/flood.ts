/**
 * syn-flood, udp-flood, icmp-flood (ATT&CK T1498.001, T1499.001): one target is sent more than it can answer, second
 * after second, from here or from elsewhere. Judged at the end of flows: connection attempts that were not completed,
 * datagrams that were not answered, echo requests.
 *
 * Not counted: one unanswered stream of large datagrams, which is what cameras send (it is told as `low`).
 * State: `MAX_CANDIDATES` targets with a count of the current second, `MAX_TARGETS` that once had half of a flood's
 * rate; the sources are counted, `MAX_SAMPLES` of them kept.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpAt } from '../bytes/address.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import type { Actor } from './actor.ts';
import { BoundedTable } from './bounded-table.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { DistinctCounter, hashText } from './distinct.ts';
import { Episode, Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { FLOW_CLASS } from './flow-outcome.ts';
import { HotSeconds } from './hot-seconds.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_CANDIDATES = 8192;
const MAX_TARGETS = 1024;
const MAX_CLOSED = 256;
/** Address and port. */
const TARGET_WORDS = 5;
const MANY_FLOWS = 20;
const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;

type FloodRule = 'syn-flood' | 'udp-flood' | 'icmp-flood';

/** Packets of the second in which it was last sent any. */
interface Candidate {
  second: number;
  packets: number;
}

interface Target {
  readonly address: string;
  readonly peer: string;
  readonly port: number;
  readonly hot: HotSeconds;
  readonly episode: Episode;
  readonly sources: Samples;
  readonly sourceCount: DistinctCounter;
  /** The only actor so far; null when there are several. */
  actor: Actor | null;
  flows: number;
  isFlood: boolean;
}

export function flood(rule: FloodRule, config: RuleConfig<FloodRule>, view: DetectorView): Detector {
  const streamRate = (config as Partial<RuleConfig<'udp-flood'>>).streamPacketsPerSecond ?? 0;
  const closed: Target[] = [];
  const close = (target: Target): boolean => {
    if (target.isFlood && closed.length < MAX_CLOSED) closed.push(target);
    return false;
  };
  const candidates = new BoundedTable<Candidate>(MAX_CANDIDATES, TARGET_WORDS, () => true);
  const targets = new BoundedTable<Target>(MAX_TARGETS, TARGET_WORDS, close);

  /** A stream of media is a flow or two; it is told from a rate on that few media have. */
  function isStream(flows: number): boolean {
    return rule === 'udp-flood' && flows < MANY_FLOWS;
  }

  /** Packets of a flow that count towards a flood; 0 for most flows. */
  function floodPackets(slot: number): number {
    const { flows } = view;
    const protocol = flows.ipProtocol[slot];
    switch (rule) {
      case 'syn-flood':
        // Refused, unanswered, or left half open.
        return protocol === IP_PROTOCOL.tcp &&
          (flows.origTcpFlags[slot]! & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn
          ? flows.origPackets[slot]!
          : 0;
      case 'udp-flood':
        return protocol === IP_PROTOCOL.udp && flows.respPackets[slot] === 0 && !isGroup(slot)
          ? flows.origPackets[slot]!
          : 0;
      case 'icmp-flood':
        return (protocol === IP_PROTOCOL.icmp && flows.origPort[slot] === ECHO_REQUEST) ||
          (protocol === IP_PROTOCOL.icmpv6 && flows.origPort[slot] === ECHO_REQUEST_V6)
          ? flows.origPackets[slot]!
          : 0;
    }
  }

  /** Half of a flood's rate within one second: from here on the target is followed. */
  function isCandidate(seconds: number, packets: number): boolean {
    candidates.key.set(targets.key);
    let candidate = candidates.touch();
    if (candidate === undefined) {
      candidate = candidates.takeSpare() ?? { second: 0, packets: 0 };
      candidate.second = -1;
      candidates.add(candidate);
    }
    if (candidate.second !== seconds) {
      candidate.second = seconds;
      candidate.packets = 0;
    }
    candidate.packets += packets;
    return candidate.packets * 2 >= config.packetsPerSecond;
  }

  function isGroup(slot: number): boolean {
    const { respIp } = view.flows;
    const w3 = respIp[slot * 4 + 3]!;
    return respIp[slot * 4 + 2] === 0xffff
      ? w3 >>> 28 >= 14 || (w3 & 255) === 255
      : respIp[slot * 4]! >>> 24 === 0xff;
  }

  /** From now on the target of the table's key is followed. */
  function follow(slot: number, port: number): Target {
    const target: Target = {
      address: view.ends.target(slot),
      peer: view.ends.peer(slot),
      port,
      hot: new HotSeconds(config.packetsPerSecond),
      episode: new Episode(view.flows.firstSeconds[slot]!, view.flows.firstNanos[slot]!),
      sources: new Samples(),
      sourceCount: new DistinctCounter(),
      actor: view.ends.actor(slot),
      flows: 0,
      isFlood: false,
    };
    targets.add(target);
    return target;
  }

  function flowEnd(slot: number): void {
    const packets = floodPackets(slot);
    if (packets === 0) return;
    const { flows } = view;
    const at = slot * 4;
    const port = rule === 'syn-flood' ? flows.respPort[slot]! : 0;
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    for (let w = 0; w < 4; w++) targets.key[w] = flows.respIp[at + w]!;
    targets.key[4] = port;
    const known = targets.touch();
    const isOver = known !== undefined && known.episode.secondsSince(seconds, nanos) > config.episodeSeconds;
    if (isOver) {
      close(known);
      targets.delete();
    }
    if (known === undefined && !isCandidate(seconds, packets)) return;
    const target = known === undefined || isOver ? follow(slot, port) : known;
    const duration = Math.max(1, flows.lastSeconds[slot]! - seconds);
    if (target.hot.add(seconds, duration, packets) >= config.seconds) target.isFlood = true;
    target.flows++;
    target.episode.add(seconds, flows.firstNanos[slot]!, flows.firstPacket[slot]!, packets);
    target.episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    const source = formatIpAt(flows.origIp, at);
    target.sources.add(source);
    target.sourceCount.add(hashText(source));
    if (target.actor !== null && view.ends.actor(slot).key !== target.actor.key) {
      target.actor = null;
    }
  }

  return {
    id: rule,
    flowEnd,
    flowClasses: FLOW_CLASS.other,
    findings(): Finding[] {
      return [...closed, ...targets.values()]
        .filter(({ isFlood, flows, hot }) => isFlood && !(isStream(flows) && hot.peak < streamRate))
        .map(({ actor, address, peer, port, hot, episode, sources, sourceCount, flows }) => {
          const stream = isStream(flows);
          const who = actor === null ? `${sourceCount.count} sources` : actor.label;
          const what = {
            'syn-flood': 'connection attempts',
            'udp-flood': 'datagrams',
            'icmp-flood': 'echo requests',
          }[rule];
          return findingOf(episode, {
            rule,
            severity: stream ? 'low' : 'high',
            confidence: stream ? 0.4 : 0.9,
            actor,
            peer,
            summary: `${who} sent ${address} ${formatCount(episode.count)} ${what}, up to ${formatCount(hot.peak)} a second`,
            evidence: {
              target: address,
              port: port === 0 ? '' : `tcp/${port}`,
              packets: episode.count,
              peakPerSecond: Math.round(hot.peak),
              sources: sources.list(),
              sourceCount: sourceCount.count,
              flows,
            },
            technique: rule === 'syn-flood' ? 'T1499.001' : 'T1498.001',
          });
        });
    },
  };
}
