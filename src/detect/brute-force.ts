/**
 * brute-force (ATT&CK T1110): one source opens short connections to a login service in quick succession, or sends
 * login after login. A login that was accepted after that is the worst case.
 *
 * Not counted: long sessions, and the pace of people and of monitoring.
 * State: `MAX_PAIRS` pairs of actor and service.
 */
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import type { Actor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import { FLOW_CLASS } from './flow-outcome.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 4096;
/** Login services by port. */
const LOGIN_PORTS: ReadonlyMap<number, string> = new Map([
  [21, 'ftp'],
  [22, 'ssh'],
  [23, 'telnet'],
  [2222, 'ssh'],
  [2323, 'telnet'],
  [3389, 'rdp'],
  [5900, 'vnc'],
]);

interface Pair {
  readonly actor: Actor;
  readonly target: string;
  readonly peer: string;
  readonly port: number;
  readonly episode: Episode;
  /** Times of the last attempts, as many as the threshold. */
  readonly times: number[];
  connections: number;
  logins: number;
  defaults: number;
  accepted: boolean;
  isAttack: boolean;
}

export const bruteForce: DetectorFactory<RuleConfig<'brute-force'>> = (config, view): Detector => {
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS);

  function pairOf(slot: number): Pair {
    const { flows } = view;
    const actor = view.ends.actor(slot);
    const target = view.ends.target(slot);
    const port = flows.respPort[slot]!;
    return pairs.use(`${actor.key} ${target} ${port}`, () => ({
      actor,
      target,
      peer: view.ends.peer(slot),
      port,
      episode: new Episode(flows.firstSeconds[slot]!, flows.firstNanos[slot]!),
      times: [],
      connections: 0,
      logins: 0,
      defaults: 0,
      accepted: false,
      isAttack: false,
    }));
  }

  function attempt(pair: Pair, seconds: number, nanos: number): void {
    pair.times.push(toSeconds(seconds, nanos));
    if (pair.times.length > config.logins) pair.times.shift();
    if (pair.times.length < config.logins) return;
    if (Math.max(...pair.times) - Math.min(...pair.times) <= config.windowSeconds) pair.isAttack = true;
  }

  function flowEnd(slot: number): void {
    const { flows } = view;
    if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp || !LOGIN_PORTS.has(flows.respPort[slot]!)) return;
    const established = (flows.respTcpFlags[slot]! & TCP_FLAG.syn) !== 0 && flows.origPackets[slot]! >= 3;
    // Without payload it was a scan.
    const carried = flows.respIpBytes[slot]! > flows.respPackets[slot]! * 64;
    if (!established || !carried || flows.origIpBytes[slot]! + flows.respIpBytes[slot]! > config.maxBytes)
      return;
    const pair = pairOf(slot);
    pair.connections++;
    pair.episode.add(flows.firstSeconds[slot]!, flows.firstNanos[slot]!, flows.firstPacket[slot]!);
    pair.episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    attempt(pair, flows.firstSeconds[slot]!, flows.firstNanos[slot]!);
  }

  function observe(observation: Observation, at: MessageContext): void {
    if (at.flow < 0) return;
    if (observation.kind === 'login') {
      const pair = pairOf(at.flow);
      pair.logins++;
      if (observation.isDefault) pair.defaults++;
      pair.episode.add(at.seconds, at.nanos, at.packet);
      attempt(pair, at.seconds, at.nanos);
    } else if (observation.kind === 'login-result' && observation.isAccepted) {
      const pair = pairOf(at.flow);
      if (pair.isAttack) pair.accepted = true;
    }
  }

  return {
    id: 'brute-force',
    flowEnd,
    flowClasses: FLOW_CLASS.connection | FLOW_CLASS.other,
    kinds: ['login', 'login-result'],
    observe,
    findings(): Finding[] {
      return [...pairs.values()]
        .filter(({ isAttack }) => isAttack)
        .map((pair) => {
          const { actor, target, port, episode, connections, logins } = pair;
          const service = LOGIN_PORTS.get(port) ?? `port ${port}`;
          const severity = pair.accepted
            ? 'critical'
            : episode.count >= 3 * config.logins || logins > 0
              ? 'high'
              : 'medium';
          return findingOf(episode, {
            rule: 'brute-force',
            severity,
            confidence: logins > 0 ? 0.95 : 0.8,
            actor,
            peer: pair.peer,
            summary: `${actor.label} tried to log in to ${service} of ${target} ${formatCount(Math.max(connections, logins))} times${pair.accepted ? ', and was let in' : ''}`,
            evidence: {
              source: actor.label,
              target,
              port: `tcp/${port}`,
              connections,
              logins,
              defaultCredentials: pair.defaults,
              accepted: pair.accepted ? 'yes' : 'not seen',
            },
            technique: 'T1110.001',
          });
        });
    },
  };
};
