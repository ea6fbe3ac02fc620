/**
 * icmp-tunnel (ATT&CK T1095): many large echo messages between two hosts. An answer that is not as long as its request
 * is no echo; where they are alike it may be somebody who tests with large pings, and is told as `low`.
 *
 * State: episodes by actor and target (see EpisodeLog).
 */
import { formatCount } from '../bytes/count.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding } from './finding.ts';
import { FLOW_CLASS } from './flow-outcome.ts';
import type { RuleConfig } from './thresholds.ts';

const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;
/** Difference of the mean lengths of requests and answers, in bytes, that no echo has. */
const UNEQUAL_BYTES = 8;

class Notes {
  target = '';
  peer = '';
  requests = 0;
  requestBytes = 0;
  answers = 0;
  answerBytes = 0;
}

export const icmpTunnel: DetectorFactory<RuleConfig<'icmp-tunnel'>> = (config, view): Detector => {
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function flowEnd(slot: number): void {
    const { flows } = view;
    const protocol = flows.ipProtocol[slot]!;
    if (protocol !== IP_PROTOCOL.icmp && protocol !== IP_PROTOCOL.icmpv6) return;
    const type = flows.origPort[slot]!;
    if (type !== (protocol === IP_PROTOCOL.icmp ? ECHO_REQUEST : ECHO_REQUEST_V6)) return;
    const packets = flows.origPackets[slot]! + flows.respPackets[slot]!;
    const bytes = flows.origIpBytes[slot]! + flows.respIpBytes[slot]!;
    if (packets < config.packets || bytes < packets * config.meanBytes) return;
    const actor = view.ends.actor(slot);
    const target = view.ends.target(slot);
    const { episode, notes } = log.at(actor, flows.firstSeconds[slot]!, flows.firstNanos[slot]!, target);
    episode.add(flows.firstSeconds[slot]!, flows.firstNanos[slot]!, flows.firstPacket[slot]!, packets);
    episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    notes.target = target;
    notes.peer = view.ends.peer(slot);
    notes.requests += flows.origPackets[slot]!;
    notes.requestBytes += flows.origIpBytes[slot]!;
    notes.answers += flows.respPackets[slot]!;
    notes.answerBytes += flows.respIpBytes[slot]!;
  }

  return {
    id: 'icmp-tunnel',
    flowEnd,
    flowClasses: FLOW_CLASS.other,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const request = notes.requestBytes / Math.max(1, notes.requests);
        const answer = notes.answerBytes / Math.max(1, notes.answers);
        const unequal = notes.answers > 0 && Math.abs(request - answer) > UNEQUAL_BYTES;
        return findingOf(episode, {
          rule: 'icmp-tunnel',
          severity: unequal ? 'high' : 'low',
          confidence: unequal ? 0.9 : 0.4,
          actor,
          peer: notes.peer,
          summary: `${actor.label} and ${notes.target} exchanged ${formatCount(notes.requestBytes + notes.answerBytes)} bytes in echo messages`,
          evidence: {
            target: notes.target,
            requests: notes.requests,
            answers: notes.answers,
            meanRequestBytes: Math.round(request),
            meanAnswerBytes: Math.round(answer),
          },
          technique: 'T1095',
        });
      });
    },
  };
};
