/**
 * dns-tunnel (ATT&CK T1071.004): a client asks for many different, long, random-looking names below one domain.
 *
 * Not counted: reverse look-ups, names of content networks (short, few, repeated).
 * State: `MAX_PAIRS` pairs of client and domain, `MAX_NAMES` names each.
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
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { QueryNames } from './query-names.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_PAIRS = 2048;
const MAX_NAMES = 512;
const MAX_TYPES = 16;

class Pair {
  readonly names: DistinctWindow;
  queries = 0;
  /** Characters below the domain, over all queries, and how often each ASCII character was among them. */
  characters = 0;
  readonly frequency = new Uint32Array(128);
  readonly types = new Set<number>();

  constructor(windowSeconds: number) {
    this.names = new DistinctWindow(windowSeconds, MAX_NAMES);
  }

  get meanLength(): number {
    return this.characters / Math.max(1, this.queries);
  }

  /** Shannon entropy in bits per character. */
  get entropy(): number {
    let bits = 0;
    for (const count of this.frequency) {
      if (count > 0) bits -= (count / this.characters) * Math.log2(count / this.characters);
    }
    return bits;
  }
}

class Notes {
  readonly samples = new Samples();
  domain = '';
  pair: Pair | null = null;
  unique = 0;
}

export const dnsTunnel: DetectorFactory<RuleConfig<'dns-tunnel'>> = (config, view): Detector => {
  const names = new QueryNames();
  const newPair = (): Pair => new Pair(config.windowSeconds);
  const pairs = new BoundedMap<string, Pair>(MAX_PAIRS);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dns' || observation.protocol !== 'dns' || observation.isResponse) return;
    const client = view.devices.senderOf(at.batch, at.index);
    const question = observation.questions[0];
    if (client < 0 || question === undefined) return;
    const asked = names.of(question.name);
    const { name, domain, below, hash } = asked;
    if (domain === '') return;
    const pair = pairs.use(names.keyOf(client, asked), newPair);
    pair.queries++;
    pair.characters += below.length;
    for (let i = 0; i < below.length; i++) pair.frequency[below.charCodeAt(i) & 127]!++;
    if (pair.types.size < MAX_TYPES) pair.types.add(question.type);
    const unique = pair.names.add(hash, toSeconds(at.seconds, at.nanos));
    if (
      unique < config.uniqueNames ||
      pair.meanLength < config.meanLabelLength ||
      pair.entropy < config.entropyBits
    )
      return;
    const { episode, notes } = log.at(deviceActor(view, client), at.seconds, at.nanos, domain);
    if (notes.pair === null) episode.add(at.seconds, at.nanos, at.packet, unique);
    else episode.add(at.seconds, at.nanos, at.packet);
    notes.domain = domain;
    notes.pair = pair;
    notes.samples.add(name);
    notes.unique = Math.max(notes.unique, unique);
  }

  return {
    id: 'dns-tunnel',
    kinds: ['dns'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const pair = notes.pair!;
        return findingOf(episode, {
          rule: 'dns-tunnel',
          severity: 'high',
          confidence: 0.9,
          actor,
          peer: notes.domain,
          summary: `${actor.label} asked for at least ${formatCount(notes.unique)} long random names below ${notes.domain}`,
          evidence: {
            domain: notes.domain,
            queries: pair.queries,
            uniqueNames: notes.unique,
            meanLength: Math.round(pair.meanLength * 10) / 10,
            entropyBits: Math.round(pair.entropy * 100) / 100,
            recordTypes: [...pair.types].sort((a, b) => a - b),
            names: notes.samples.list().slice(0, 5),
          },
          technique: 'T1071.004',
        });
      });
    },
  };
};
