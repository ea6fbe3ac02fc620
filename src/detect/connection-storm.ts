/**
 * connection-storm (ATT&CK T1071): a device tries one port of one host again and again without ever getting through:
 * what malware does whose command server is gone, and what a well-made client does not, because it backs off.
 *
 * A host that answers once in the episode clears it. State: `MAX_TARGETS` triples of actor, target and port.
 */
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import type { Actor } from './actor.ts';
import { BoundedTable } from './bounded-table.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import { PAIR_WORDS } from './flow-ends.ts';
import { FLOW_CLASS, isRefused } from './flow-outcome.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_TARGETS = 4096;
const MAX_CLOSED = 256;

/** Attempts at one port of one host. Most are never repeated: of these nothing is kept but the first. */
class Storm {
  seconds = 0;
  nanos = 0;
  packet = 0;
  repeated: Repeated | null = null;
  /** SYNs, retransmissions included. */
  packets = 0;
  refused = 0;
  /** Most attempts within one window so far, and the window that is being counted. */
  best = 0;
  windowStart = 0;
  inWindow = 0;
  succeeded = false;

  begin(seconds: number, nanos: number, packet: number): this {
    this.seconds = seconds;
    this.nanos = nanos;
    this.packet = packet;
    this.repeated = null;
    this.packets = this.refused = this.best = this.inWindow = 0;
    this.windowStart = toSeconds(seconds, nanos);
    this.succeeded = false;
    return this;
  }
}

interface Repeated {
  readonly actor: Actor;
  readonly target: string;
  readonly port: number;
  readonly peer: string;
  readonly episode: Episode;
}

export const connectionStorm: DetectorFactory<RuleConfig<'connection-storm'>> = (config, view): Detector => {
  const closed: Storm[] = [];
  const close = (storm: Storm): boolean => {
    if (isStorm(storm) && closed.length < MAX_CLOSED) closed.push(storm);
    return storm.repeated === null;
  };
  const storms = new BoundedTable<Storm>(MAX_TARGETS, PAIR_WORDS + 1, close);

  function isStorm(storm: Storm): boolean {
    return !storm.succeeded && storm.best >= config.attempts;
  }

  /** What is kept from the second attempt on, the first being in it. */
  function repeatedAt(slot: number, { seconds, nanos, packet }: Storm): Repeated {
    const episode = new Episode(seconds, nanos);
    episode.add(seconds, nanos, packet);
    return {
      actor: view.ends.actor(slot),
      target: view.ends.target(slot),
      port: view.flows.respPort[slot]!,
      peer: view.ends.peer(slot),
      episode,
    };
  }

  function flowEnd(slot: number): void {
    const { flows } = view;
    if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp) return;
    const refused = isRefused(flows, slot);
    if (!refused && (flows.respTcpFlags[slot]! & TCP_FLAG.syn) === 0) return;
    // Successes matter only where failures were noted.
    if (!refused && storms.size === 0) return;
    const port = flows.respPort[slot]!;
    view.ends.writePair(slot, storms.key);
    storms.key[PAIR_WORDS] = port;
    if (!refused) {
      const known = storms.peek();
      if (known !== undefined) known.succeeded = true;
      return;
    }
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const packet = flows.firstPacket[slot]!;
    let storm = storms.touch();
    if (storm !== undefined && secondsSince(storm, seconds, nanos) > config.episodeSeconds) {
      close(storm);
      storms.delete();
      storm = undefined;
    }
    if (storm === undefined) {
      storm = (storms.takeSpare() ?? new Storm()).begin(seconds, nanos, packet);
      storms.add(storm);
    } else {
      storm.repeated ??= repeatedAt(slot, storm);
      storm.repeated.episode.add(seconds, nanos, packet);
    }
    storm.packets += flows.origPackets[slot]!;
    if (flows.respPackets[slot]! > 0) storm.refused++;
    const time = toSeconds(seconds, nanos);
    if (time - storm.windowStart > config.windowSeconds) {
      storm.windowStart = time;
      storm.inWindow = 0;
    }
    storm.best = Math.max(storm.best, ++storm.inWindow);
  }

  return {
    id: 'connection-storm',
    flowEnd,
    flowClasses: FLOW_CLASS.connection | FLOW_CLASS.other,
    findings(): Finding[] {
      return [...closed, ...storms.values()].filter(isStorm).map((storm) => {
        const { actor, episode, target, port, peer } = storm.repeated!;
        const many = episode.count >= config.highAttempts;
        return findingOf(episode, {
          rule: 'connection-storm',
          severity: many ? 'high' : 'low',
          confidence: many ? 0.85 : 0.6,
          actor,
          peer,
          summary: `${actor.label} tried ${target} port ${port} ${formatCount(episode.count)} times without ever getting through`,
          evidence: {
            source: actor.label,
            target,
            port: `tcp/${port}`,
            attempts: episode.count,
            refused: storm.refused,
            unanswered: episode.count - storm.refused,
            meanIntervalSeconds:
              Math.round((episode.durationSeconds / Math.max(1, episode.count - 1)) * 100) / 100,
            synPackets: storm.packets,
          },
          technique: 'T1071',
        });
      });
    },
  };
};

/** Since the last attempt, with fraction. */
function secondsSince(storm: Storm, seconds: number, nanos: number): number {
  return storm.repeated === null
    ? seconds - storm.seconds + (nanos - storm.nanos) / 1e9
    : storm.repeated.episode.secondsSince(seconds, nanos);
}
