/**
 * cleartext-login (ATT&CK T1552; default credentials T1078.001): a login that anybody on the way can read.
 * The observation holds neither name nor password, and so neither does the finding.
 *
 * State: episodes by client, server and protocol (see EpisodeLog).
 */
import { isPrivateIp } from '../bytes/address.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding, Severity } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

class Notes {
  protocol = '';
  target = '';
  peer = '';
  port = 0;
  defaults = 0;
  accepted = false;
  leavesNetwork = false;
}

/** A person who sets up a camera in the next room uses what is on its label; a worm comes by telnet, or from outside. */
function severityOf({ protocol, defaults, accepted, leavesNetwork }: Notes, isLocal: boolean): Severity {
  if (defaults === 0) return leavesNetwork ? 'medium' : 'low';
  const setup = isLocal && !leavesNetwork && (protocol.startsWith('http') || protocol.startsWith('rtsp'));
  return setup ? 'low' : accepted ? 'high' : 'medium';
}

export const cleartextLogin: DetectorFactory<RuleConfig<'cleartext-login'>> = (config, view): Detector => {
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    if (at.flow < 0 || (observation.kind !== 'login' && observation.kind !== 'login-result')) return;
    const { flows } = view;
    const word = at.flow * 4;
    const actor = view.ends.actor(at.flow);
    const target = view.ends.target(at.flow);
    const about = `${target} ${observation.protocol}`;
    if (observation.kind === 'login-result') {
      const running = log.running(actor, at.seconds, at.nanos, about);
      if (running !== undefined && observation.isAccepted) running.notes.accepted = true;
      return;
    }
    const { episode, notes } = log.at(actor, at.seconds, at.nanos, about);
    episode.add(at.seconds, at.nanos, at.packet);
    notes.protocol = observation.protocol;
    notes.target = target;
    notes.port = flows.respPort[at.flow]!;
    if (notes.peer === '') notes.peer = view.ends.peer(at.flow);
    if (observation.isDefault) notes.defaults++;
    const { respIp } = flows;
    notes.leavesNetwork = !isPrivateIp(
      respIp[word]!,
      respIp[word + 1]!,
      respIp[word + 2]!,
      respIp[word + 3]!,
    );
  }

  return {
    id: 'cleartext-login',
    kinds: ['login', 'login-result'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const { protocol, target, defaults, accepted } = notes;
        const isDefault = defaults > 0;
        return findingOf(episode, {
          rule: isDefault ? 'default-credentials' : 'cleartext-login',
          severity: severityOf(notes, actor.device >= 0),
          confidence: 0.95,
          actor,
          peer: notes.peer,
          summary: isDefault
            ? `${actor.label} logged in to ${target} by ${protocol} with a name and password that devices ship with${accepted ? ', and was let in' : ''}`
            : `${actor.label} sent a login to ${target} by ${protocol} without encryption`,
          evidence: {
            protocol,
            target,
            port: notes.port,
            logins: episode.count,
            defaultCredentials: defaults,
            accepted: accepted ? 'yes' : 'not seen',
          },
          technique: isDefault ? 'T1078.001' : 'T1552',
        });
      });
    },
  };
};
