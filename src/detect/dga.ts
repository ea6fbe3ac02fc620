/**
 * dga (ATT&CK T1568.002): a client asks for many different domains that do not exist: malware that computes where its
 * server might be. What counts is the registered part, so one misspelt domain with many hosts counts once.
 *
 * Not counted: names with one label (browsers that probe the resolver), reverse look-ups, search lists (they repeat
 * one local domain). State: `MAX_CLIENTS` clients with one window each.
 */
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DistinctWindow } from './distinct-window.ts';
import { hashText } from './distinct.ts';
import { registrableDomain } from './domain-name.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_CLIENTS = 2048;
const NAME_ERROR = 3;

export const dga: DetectorFactory<RuleConfig<'dga'>> = (config, view): Detector => {
  const clients = new BoundedMap<number, DistinctWindow>(MAX_CLIENTS);
  const log = new EpisodeLog(config.episodeSeconds, () => ({ samples: new Samples(), most: 0 }));

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dns' || observation.protocol !== 'dns') return;
    if (!observation.isResponse || observation.rcode !== NAME_ERROR) return;
    const client = view.devices.receiverOf(at.batch, at.index);
    const domain = registrableDomain((observation.questions[0]?.name ?? '').toLowerCase());
    if (client < 0 || domain === '' || domain.endsWith('.arpa') || domain.endsWith('.local')) return;
    const domains = clients
      .use(client, () => new DistinctWindow(config.windowSeconds))
      .add(hashText(domain), toSeconds(at.seconds, at.nanos));
    if (domains < config.domains) return;
    const { episode, notes } = log.at(deviceActor(view, client), at.seconds, at.nanos);
    episode.add(at.seconds, at.nanos, at.packet, episode.count === 0 ? domains : 1);
    notes.samples.add(domain);
    notes.most = Math.max(notes.most, domains);
  }

  return {
    id: 'dga',
    kinds: ['dns'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) =>
        findingOf(episode, {
          rule: 'dga',
          severity: 'medium',
          confidence: 0.75,
          actor,
          summary: `${actor.label} asked for ${formatCount(notes.most)} domains that do not exist`,
          evidence: {
            domains: notes.samples.list(),
            domainCount: notes.most,
            windowSeconds: config.windowSeconds,
          },
          technique: 'T1568.002',
        }),
      );
    },
  };
};
