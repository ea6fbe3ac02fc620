/**
 * dhcp-starvation (ATT&CK T1499): more clients ask for a lease at once than a network has. When one sender asks in the
 * name of many, or their addresses are random, it is an attack; many real devices after a power cut are told as `low`.
 *
 * State: one window of clients; episodes by sender.
 */
import { formatCount } from '../bytes/count.ts';
import { formatMac, isLocalMac, NO_MAC } from '../bytes/address.ts';
import { toSeconds } from '../bytes/time.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { addressActor, deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DistinctWindow } from './distinct-window.ts';
import { DistinctCounter, mix } from './distinct.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const DISCOVER = 1;
const REQUEST = 3;
/** Makers among the clients of a real network are few beside its clients. */
const MAKER = 0x100_0000;

class Notes {
  readonly clients = new DistinctCounter();
  readonly makers = new DistinctCounter();
  readonly samples = new Samples();
  readonly senders = new Map<number, number>();
  borrowed = 0;
  random = 0;
}

export const dhcpStarvation: DetectorFactory<RuleConfig<'dhcp-starvation'>> = (config, view): Detector => {
  const window = new DistinctWindow(config.windowSeconds);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());
  const link = addressActor('link');

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dhcp' || observation.op !== 1 || observation.relayIp !== 0) return;
    if (observation.messageType !== DISCOVER && observation.messageType !== REQUEST) return;
    const { clientMac } = observation;
    const hash = mix((clientMac % 0x1_0000_0000) ^ mix(Math.floor(clientMac / 0x1_0000_0000)));
    const clients = window.add(hash, toSeconds(at.seconds, at.nanos));
    if (clients < config.clients) return;
    const { episode, notes } = log.at(link, at.seconds, at.nanos);
    episode.add(at.seconds, at.nanos, at.packet, episode.count === 0 ? clients : 1);
    notes.clients.add(hash);
    notes.makers.add(mix(Math.floor(clientMac / MAKER)));
    notes.samples.add(formatMac(clientMac));
    const sender = at.batch.srcMac[at.index]!;
    if (sender !== NO_MAC && sender !== clientMac) {
      notes.borrowed++;
      if (notes.senders.size < 64 || notes.senders.has(sender)) {
        notes.senders.set(sender, (notes.senders.get(sender) ?? 0) + 1);
      }
    }
    if (isLocalMac(clientMac)) notes.random++;
  }

  return {
    id: 'dhcp-starvation',
    kinds: ['dhcp'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ episode, notes }) => {
        const clients = notes.clients.count;
        const [sender] = [...notes.senders].sort((a, b) => b[1] - a[1])[0] ?? [-1];
        const device = view.devices.indexOf(sender);
        const actor = device >= 0 ? deviceActor(view, device) : null;
        // Forged addresses: somebody else sends them, or nearly every one is of another maker, or random.
        const forged =
          notes.borrowed > clients / 2 ||
          notes.makers.count > 0.6 * clients ||
          notes.random > episode.count / 2;
        return findingOf(episode, {
          rule: 'dhcp-starvation',
          severity: forged ? 'high' : 'low',
          confidence: forged ? 0.9 : 0.4,
          actor,
          summary: `${actor?.label ?? 'Somebody'} asked for leases in the name of at least ${formatCount(Math.max(clients, config.clients))} clients within ${config.windowSeconds} s`,
          evidence: {
            clients: notes.samples.list(),
            clientCount: clients,
            makerCount: notes.makers.count,
            sentForOthers: notes.borrowed,
            requests: episode.count,
          },
          technique: 'T1499',
        });
      });
    },
  };
};
