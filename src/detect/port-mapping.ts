/**
 * port-mapping (ATT&CK T1133): a device asks the router to let the internet in, by UPnP, NAT-PMP or PCP. Consoles and
 * calls do so by design, cameras should not: `low`, for a person to judge.
 *
 * Not counted: questions for the router's address, and mappings that are taken back.
 * State: episodes by device (see EpisodeLog).
 */
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const ADD_MAPPING = /#Add(?:Any)?PortMapping"?$/;

class Notes {
  router = '';
  readonly actions = new Samples();
  readonly ports = new Samples();
}

/** What a message asks a router to open: how, and which port when it says so; null for other messages. */
function requestIn(observation: Observation): { action: string; port: string } | null {
  if (observation.kind === 'http-request') {
    return ADD_MAPPING.test(observation.soapAction) ? { action: observation.soapAction, port: '' } : null;
  }
  if (observation.kind !== 'port-control' || observation.isResponse || observation.lifetimeSeconds === 0)
    return null;
  const { protocol, transport, internalPort } = observation;
  return { action: protocol, port: transport === '' ? `${internalPort}` : `${transport}/${internalPort}` };
}

export const portMapping: DetectorFactory<RuleConfig<'port-mapping'>> = (config, view): Detector => {
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    const request = requestIn(observation);
    if (request === null || at.flow < 0 || !at.fromOriginator) return;
    const { episode, notes } = log.at(view.ends.actor(at.flow), at.seconds, at.nanos);
    episode.add(at.seconds, at.nanos, at.packet);
    notes.router = view.ends.peer(at.flow);
    notes.actions.add(request.action);
    if (request.port !== '') notes.ports.add(request.port);
  }

  return {
    id: 'port-mapping',
    kinds: ['http-request', 'port-control'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const ports = notes.ports.list();
        const what = ports.length === 0 ? 'a port' : ports.slice(0, 4).join(', ');
        return findingOf(episode, {
          rule: 'port-mapping',
          severity: 'low',
          confidence: 0.8,
          actor,
          peer: notes.router,
          summary: `${actor.label} asked ${notes.router} to open ${what} to the internet`,
          evidence: { actions: notes.actions.list(), ports, requests: episode.count },
          technique: 'T1133',
        });
      });
    },
  };
};
