/**
 * port-mapping (ATT&CK T1133): a device asks the router by UPnP to let the internet in. Consoles and calls do so by
 * design, cameras should not: `low`, for a person to judge.
 *
 * State: episodes by device (see EpisodeLog).
 */
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const ADD_MAPPING = /#Add(?:Any)?PortMapping"?$/;

export const portMapping: DetectorFactory<RuleConfig<'port-mapping'>> = (config, view): Detector => {
  const log = new EpisodeLog(config.episodeSeconds, () => ({ router: '', action: '' }));

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'http-request' || !ADD_MAPPING.test(observation.soapAction) || at.flow < 0)
      return;
    const { episode, notes } = log.at(view.ends.actor(at.flow), at.seconds, at.nanos);
    episode.add(at.seconds, at.nanos, at.packet);
    notes.router = view.ends.peer(at.flow);
    notes.action = observation.soapAction;
  }

  return {
    id: 'port-mapping',
    kinds: ['http-request'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) =>
        findingOf(episode, {
          rule: 'port-mapping',
          severity: 'low',
          confidence: 0.8,
          actor,
          peer: notes.router,
          summary: `${actor.label} asked ${notes.router} to open a port to the internet`,
          evidence: { action: notes.action, requests: episode.count },
          technique: 'T1133',
        }),
      );
    },
  };
};
