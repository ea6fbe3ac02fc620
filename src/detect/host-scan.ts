/**
 * host-scan (ATT&CK T1018, T1595 from outside): one source looks for hosts: the same port of many hosts without
 * success, any ports of very many hosts, echo requests to many hosts that stay silent, or ARP requests for much of a
 * subnet.
 *
 * State: `MAX_SWEEPS` pairs of actor and what it looks for, each a bounded counter; episodes by actor.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpAt } from '../bytes/address.ts';
import { compareText } from '../bytes/order.ts';
import { toSeconds } from '../bytes/time.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { type Actor, ACTOR_WORDS, deviceActor, writeActor } from './actor.ts';
import { BoundedTable } from './bounded-table.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DistinctRate } from './distinct-rate.ts';
import { DistinctCounter, hashWords } from './distinct.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { FLOW_CLASS, isToGroup, isUnansweredUdp, tcpProbe } from './flow-outcome.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_SWEEPS = 8192;
/** Failing at these on many hosts is also what a client does that is cut off from its cloud. */
const CLIENT_PORTS = new Set([53, 80, 123, 443, 853, 993, 3478, 5222, 5223, 5228, 8080, 8443, 8883]);
/** No probe, or one that the end of an ordinary connection to one more server looks like. */
const AMBIGUOUS = new Set(['', 'ACK', 'Maimon']);
/** What is sought, as a number: a port with its IP protocol above it, or one of these. */
const NOTHING = 0;
const ARP = 1;
const ECHO = 2;
/** By who tries another port at each host. */
const ANY_PORT = 3;
const PORTS = 0x1_0000;
const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;

class Notes {
  readonly targets = new Samples();
  readonly distinct = new DistinctCounter();
  /** What was looked for → probes. */
  readonly sought = new Map<number, number>();
  fast = false;
}

type Probe = readonly [time: number, packet: number, target: string, hash: number];

/** What one actor looked for. Mostly that is at one host: nothing is counted before the second probe. */
class Sweep {
  time = 0;
  packet = 0;
  readonly target = new Uint32Array(4);
  rate: DistinctRate | null = null;
  /** Probes before the threshold. */
  pending: Probe[] | null = null;

  begin(time: number, packet: number, words: Uint32Array, at: number): this {
    this.time = time;
    this.packet = packet;
    for (let w = 0; w < 4; w++) this.target[w] = words[at + w]!;
    return this;
  }
}

export const hostScan: DetectorFactory<RuleConfig<'host-scan'>> = (config, view): Detector => {
  const sweeps = new BoundedTable<Sweep>(MAX_SWEEPS, ACTOR_WORDS + 1, ({ rate }) => rate === null);
  /** Of an ARP request, in mapped form. */
  const target = Uint32Array.of(0, 0, 0xffff, 0);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  /** Hosts within one window that are a sweep. */
  function fastOf(sought: number, factor: number): number {
    return sought === ARP
      ? config.arpHosts
      : sought === ANY_PORT
        ? config.anyPortHosts
        : config.hosts * factor;
  }

  function newRate(sought: number, factor: number): DistinctRate {
    const slow = sought === ARP || sought === ANY_PORT ? Infinity : config.slowHosts * factor;
    return new DistinctRate(fastOf(sought, factor), config.windowSeconds, slow);
  }

  /** True when the sweep that it belongs to has reached a threshold. The actor's words are in the table's key. */
  function probe(
    actor: Actor,
    sought: number,
    factor: number,
    words: Uint32Array,
    at: number,
    seconds: number,
    nanos: number,
    packet: number,
  ): boolean {
    const time = toSeconds(seconds, nanos);
    sweeps.key[ACTOR_WORDS] = sought;
    const sweep = sweeps.touch();
    if (sweep === undefined) {
      sweeps.add((sweeps.takeSpare() ?? new Sweep()).begin(time, packet, words, at));
      return false;
    }
    if (sweep.rate === null) {
      const hash = hashWords(sweep.target, 0);
      sweep.rate = newRate(sought, factor);
      sweep.rate.add(hash, sweep.time);
      sweep.pending = [[sweep.time, sweep.packet, formatIpAt(sweep.target, 0), hash]];
    }
    // After the episode is over it takes another sweep, not one more probe.
    if (sweep.rate.reached !== '' && log.running(actor, seconds, nanos) === undefined) {
      sweep.rate = newRate(sought, factor);
    }
    const hash = hashWords(words, at);
    if (!sweep.rate.add(hash, time)) {
      const pending = (sweep.pending ??= []);
      if (pending.length < Math.max(fastOf(sought, factor), config.slowHosts * factor)) {
        pending.push([time, packet, formatIpAt(words, at), hash]);
      }
      return false;
    }
    const { episode, notes } = log.at(actor, seconds, nanos);
    for (const [earlier, number, name, earlierHash] of sweep.pending ?? []) {
      if (time - earlier > config.episodeSeconds && sweep.rate.reached === 'fast') continue;
      episode.add(Math.floor(earlier), Math.round((earlier % 1) * 1e9), number);
      note(notes, sought, name, earlierHash);
    }
    sweep.pending = null;
    episode.add(seconds, nanos, packet);
    note(notes, sought, notes.targets.isFull ? '' : formatIpAt(words, at), hash);
    if (sweep.rate.reached === 'fast') notes.fast = true;
    return true;
  }

  function note(notes: Notes, sought: number, target: string, hash: number): void {
    notes.targets.add(target);
    notes.distinct.add(hash);
    const probes = notes.sought.get(sought);
    if (probes !== undefined || notes.sought.size < 32) notes.sought.set(sought, (probes ?? 0) + 1);
  }

  function flowEnd(slot: number): void {
    const { flows } = view;
    const sought = soughtBy(slot);
    if (sought === NOTHING) return;
    const at = slot * 4;
    const actor = view.ends.actor(slot);
    const factor = CLIENT_PORTS.has(flows.respPort[slot]!) && sought !== ECHO ? config.clientPortFactor : 1;
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const packet = flows.firstPacket[slot]!;
    view.ends.writeActor(slot, sweeps.key);
    const isSweep = probe(actor, sought, factor, flows.respIp, at, seconds, nanos, packet);
    // Another port at every host: no port is sought, and all hosts are.
    if (!isSweep && factor === 1 && sought >= PORTS && flows.ipProtocol[slot] === IP_PROTOCOL.tcp)
      probe(actor, ANY_PORT, 1, flows.respIp, at, seconds, nanos, packet);
  }

  /** What the flow looked for in vain. */
  function soughtBy(slot: number): number {
    const { flows } = view;
    const port = flows.respPort[slot]!;
    switch (flows.ipProtocol[slot]) {
      case IP_PROTOCOL.tcp:
        return AMBIGUOUS.has(tcpProbe(flows, slot)) ? NOTHING : IP_PROTOCOL.tcp * PORTS + port;
      case IP_PROTOCOL.udp:
        // High ports are peers of calls and file sharing; sweeps look for services.
        return isUnansweredUdp(flows, slot) &&
          !isToGroup(flows, slot) &&
          port < 32_768 &&
          flows.origPort[slot] !== port
          ? IP_PROTOCOL.udp * PORTS + port
          : NOTHING;
      case IP_PROTOCOL.icmp:
        return flows.origPort[slot] === ECHO_REQUEST && flows.respPackets[slot] === 0 ? ECHO : NOTHING;
      case IP_PROTOCOL.icmpv6:
        return flows.origPort[slot] === ECHO_REQUEST_V6 && flows.respPackets[slot] === 0 ? ECHO : NOTHING;
      default:
        return NOTHING;
    }
  }

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'arp' || observation.operation !== 1 || observation.gratuitous) return;
    const sender = view.devices.senderOf(at.batch, at.index);
    // A router asks for whatever is looked for from outside.
    if (sender < 0 || view.devices.addresses.forwards(sender)) return;
    const actor = deviceActor(view, sender);
    writeActor(sweeps.key, actor, target, 0);
    target[3] = observation.targetIp;
    probe(actor, ARP, 1, target, 0, at.seconds, at.nanos, at.packet);
  }

  return {
    id: 'host-scan',
    flowEnd,
    flowClasses: FLOW_CLASS.other,
    kinds: ['arp'],
    observe,
    findings(): Finding[] {
      const findings: Finding[] = [];
      for (const { actor, episode, notes } of log.entries()) {
        const sought = [...notes.sought]
          .map(([what, probes]) => [nameOf(what), probes] as const)
          .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
          .map(([name]) => name);
        const local = sought.every((name) => name === 'arp' || name === 'icmp');
        findings.push(
          findingOf(episode, {
            rule: 'host-scan',
            severity: local ? 'medium' : notes.fast ? 'high' : 'medium',
            confidence: notes.fast ? 0.95 : 0.8,
            actor,
            summary: `${actor.label} looked for hosts with ${sought.slice(0, 4).join(', ')}: ${formatCount(notes.distinct.count)} addresses`,
            evidence: {
              source: actor.label,
              sought,
              targets: notes.targets.list(),
              targetCount: notes.distinct.count,
              probes: episode.count,
              probesPerSecond: Math.round((episode.count / episode.durationSeconds) * 100) / 100,
            },
            technique: actor.device >= 0 ? 'T1018' : 'T1595.001',
          }),
        );
      }
      return findings;
    },
  };
};

/** `tcp/23`, `arp`, `icmp`, or `tcp` for any port. */
function nameOf(sought: number): string {
  switch (sought) {
    case ARP:
      return 'arp';
    case ECHO:
      return 'icmp';
    case ANY_PORT:
      return 'tcp';
    default:
      return `${Math.floor(sought / PORTS) === IP_PROTOCOL.tcp ? 'tcp' : 'udp'}/${sought % PORTS}`;
  }
}
