/**
 * new-domain: a device that is known (from a baseline, or from the learning phase) asks for a registered domain that it
 * never asked for: by DNS, or as the server name of TLS or HTTP. For a device that asks for few, this is `low`; people
 * meet new ones every minute, so for theirs it informs.
 *
 * Not counted: reverse look-ups, names of this link, routers (they ask for everybody).
 * State: see Habits; episodes by device.
 */
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import type { Baseline } from './baseline.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { registrableDomain } from './domain-name.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { Habits } from './habits.ts';
import type { RuleConfig } from './thresholds.ts';

class Notes {
  readonly domains = new Samples();
  count = 0;
  /** Domains that were usual for the device before. */
  usual = 0;
}

/** The name of a server elsewhere that a client asks for; '' in other messages. */
function askedName(observation: Observation): string {
  switch (observation.kind) {
    case 'dns':
      return observation.protocol === 'dns' && !observation.isResponse
        ? (observation.questions[0]?.name ?? '')
        : '';
    case 'tls-client-hello':
      return observation.serverName;
    case 'http-request':
      return /^[^:[\]]*\.[a-z][^:.]*(?=:\d+$|$)/i.exec(observation.host)?.[0] ?? '';
    default:
      return '';
  }
}

export function newDomain(
  config: RuleConfig<'new-domain'>,
  view: DetectorView,
  baseline: Baseline | null,
  learnSeconds: number,
): Detector {
  const habits = new Habits(view, learnSeconds, (id) => {
    const known = baseline?.devices.get(id);
    return known?.hasAllDomains === true ? known.domains : undefined;
  });
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    const domain = registrableDomain(askedName(observation).toLowerCase());
    if (domain === '' || domain.endsWith('.arpa') || domain.endsWith('.local')) return;
    const device = view.devices.senderOf(at.batch, at.index);
    if (device < 0 || view.devices.addresses.forwards(device)) return;
    const { id } = view.devices.devices[device]!;
    const usual = habits.countOf(id);
    if (habits.judge(device, domain, toSeconds(at.seconds, at.nanos)) !== 'new') return;
    const { episode, notes } = log.at(deviceActor(view, device), at.seconds, at.nanos);
    if (notes.count === 0) notes.usual = usual;
    episode.add(at.seconds, at.nanos, at.packet);
    notes.domains.add(domain);
    notes.count++;
  }

  return {
    id: 'new-domain',
    kinds: ['dns', 'tls-client-hello', 'http-request'],
    tick: (seconds) => habits.tick(seconds),
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const domains = notes.domains.list();
        const few = notes.usual <= config.fewDomains;
        return findingOf(episode, {
          rule: 'new-domain',
          severity: few ? 'low' : 'info',
          confidence: few ? 0.7 : 0.4,
          actor,
          peer: notes.count === 1 ? domains[0]! : '',
          summary: `${actor.label} asked for ${notes.count === 1 ? domains[0]! : `${formatCount(notes.count)} domains`} for the first time`,
          evidence: { domains, domainCount: notes.count, usualDomains: notes.usual },
          technique: '',
        });
      });
    },
  };
}
