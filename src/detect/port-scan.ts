/**
 * port-scan (ATT&CK T1046): one source fails at, or merely touches, many ports of one host. What counts is the
 * outcome of a flow, so clients of many services and servers with many clients do not.
 *
 * Not counted: datagrams that answer something unseen (from a service port), and traceroute.
 * State: `MAX_PAIRS` triples of actor, target and transport, each a bounded counter; episodes by actor (see EpisodeLog).
 */
import { formatIpAt } from '../bytes/address.ts';
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import { BoundedTable } from './bounded-table.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DistinctRate } from './distinct-rate.ts';
import { DistinctCounter, hashWords, mix } from './distinct.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { PAIR_WORDS } from './flow-ends.ts';
import { FLOW_CLASS, isToGroup, isUnansweredUdp, tcpProbe } from './flow-outcome.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 4096;
/** Whatever answers, these are no part of a connection. */
const NO_STACK_SENDS = new Set(['FIN', 'NULL', 'Xmas']);
/** UDP ports of classic traceroute. */
const TRACEROUTE_FIRST = 33_434;
const TRACEROUTE_LAST = 33_534;

class Notes {
  readonly targets = new Samples();
  readonly distinctTargets = new DistinctCounter();
  readonly ports = new DistinctCounter();
  readonly portSamples = new Set<number>();
  readonly kinds = new Set<string>();
  /** Addresses that it used: its own, and decoys. */
  readonly sources = new Samples();
  fast = false;
  /** Of the last target. */
  peer = '';
}

type Probe = readonly [time: number, packet: number, port: number];

/** What one actor probed at one target. Mostly that is once: nothing is counted before the second probe. */
class Pair {
  time = 0;
  packet = 0;
  port = 0;
  rate: DistinctRate | null = null;
  /** Probes before the threshold. */
  pending: Probe[] | null = null;

  begin(time: number, packet: number, port: number): this {
    this.time = time;
    this.packet = packet;
    this.port = port;
    return this;
  }
}

export const portScan: DetectorFactory<RuleConfig<'port-scan'>> = (config, view): Detector => {
  const pairs = new BoundedTable<Pair>(MAX_PAIRS, PAIR_WORDS + 1, ({ rate }) => rate === null);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function flowEnd(slot: number): void {
    const { flows } = view;
    const kind = probeKind(slot);
    if (kind === '') return;
    const at = slot * 4;
    const actor = view.ends.actor(slot);
    const udp = kind === 'UDP';
    const factor = udp ? config.udpFactor : 1;
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const port = flows.respPort[slot]!;
    const time = toSeconds(seconds, nanos);
    const packet = flows.firstPacket[slot]!;
    view.ends.writePair(slot, pairs.key);
    pairs.key[PAIR_WORDS] = udp ? 1 : 0;
    const pair = pairs.touch();
    if (pair === undefined) {
      pairs.add((pairs.takeSpare() ?? new Pair()).begin(time, packet, port));
      return;
    }
    if (pair.rate === null) {
      pair.rate = newRate(factor);
      pair.rate.add(mix(pair.port), pair.time);
      pair.pending = [[pair.time, pair.packet, pair.port]];
    }
    // After the episode is over it takes another scan, not one more probe.
    if (pair.rate.reached !== '' && log.running(actor, seconds, nanos) === undefined) {
      pair.rate = newRate(factor);
    }
    const { rate } = pair;
    pair.pending ??= [];
    if (!rate.add(mix(port), time)) {
      if (pair.pending.length < config.slowPorts * factor) pair.pending.push([time, packet, port]);
      return;
    }
    const target = view.ends.target(slot);
    const { episode, notes } = log.at(actor, seconds, nanos);
    for (const [earlier, number, tried] of pair.pending) {
      episode.add(Math.floor(earlier), Math.round((earlier % 1) * 1e9), number);
      note(notes, target, tried, flows.respIp, at);
    }
    pair.pending = null;
    episode.add(seconds, nanos, packet);
    note(notes, target, port, flows.respIp, at);
    notes.kinds.add(kind);
    notes.sources.add(formatIpAt(flows.origIp, at));
    if (!notes.targets.isFull) notes.peer = view.ends.peer(slot);
    if (rate.reached === 'fast') notes.fast = true;
  }

  function newRate(factor: number): DistinctRate {
    return new DistinctRate(config.ports * factor, config.windowSeconds, config.slowPorts * factor);
  }

  function note(notes: Notes, target: string, port: number, words: Uint32Array, at: number): void {
    notes.targets.add(target);
    notes.distinctTargets.add(hashWords(words, at));
    notes.ports.add(mix(port));
    if (notes.portSamples.size < 20) notes.portSamples.add(port);
  }

  /** How the flow looks like a probe; '' when it does not. */
  function probeKind(slot: number): string {
    const { flows } = view;
    if (flows.ipProtocol[slot] === IP_PROTOCOL.tcp) return tcpProbe(flows, slot);
    if (!isUnansweredUdp(flows, slot)) return '';
    const from = flows.origPort[slot]!;
    const to = flows.respPort[slot]!;
    if (from < 1024 && to >= 1024) return '';
    if (to >= TRACEROUTE_FIRST && to <= TRACEROUTE_LAST) return '';
    return isToGroup(flows, slot) ? '' : 'UDP';
  }

  return {
    id: 'port-scan',
    flowEnd,
    flowClasses: FLOW_CLASS.other,
    findings(): Finding[] {
      const findings: Finding[] = [];
      for (const { actor, episode, notes } of log.entries()) {
        const targets = notes.distinctTargets.count;
        const targetList = notes.targets.list();
        const kinds = [...notes.kinds].sort();
        const sources = notes.sources.list();
        const where = targets === 1 ? targetList[0]! : `${targets} hosts`;
        findings.push(
          findingOf(episode, {
            rule: 'port-scan',
            severity: notes.fast ? 'high' : 'medium',
            confidence: notes.fast || kinds.some((kind) => NO_STACK_SENDS.has(kind)) ? 0.95 : 0.8,
            actor,
            peer: targets === 1 ? notes.peer : '',
            summary: `${actor.label} tried ${formatCount(notes.ports.count)} ports of ${where} without using them (${kinds.join(', ')})`,
            evidence: {
              source: actor.label,
              targets: targetList,
              targetCount: targets,
              ports: [...notes.portSamples].sort((a, b) => a - b),
              portCount: notes.ports.count,
              probes: episode.count,
              kinds,
              ...(sources.length > 1 && { sources }),
            },
            technique: 'T1046',
          }),
        );
      }
      return findings;
    },
  };
};
