/**
 * name-poisoning (ATT&CK T1557.001): a device answers LLMNR or NetBIOS queries for several different names with its own address.
 * A host answers for its own name alone.
 *
 * State: `MAX_ANSWERERS` devices with the names they answered for.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpAt } from '../bytes/address.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode, MAX_SAMPLES } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_ANSWERERS = 1024;
const A = 1;
const AAAA = 28;

export const namePoisoning: DetectorFactory<RuleConfig<'name-poisoning'>> = (config, view): Detector => {
  const answerers = new BoundedMap<number, { names: Set<string>; victims: Set<string>; episode: Episode }>(
    MAX_ANSWERERS,
  );

  /** The name that the message says is found at its sender's own address; '' for all other messages. */
  function claimedName(observation: Observation, at: MessageContext): string {
    const word = at.index * 4;
    if (observation.kind === 'netbios-name') {
      const isAnswer = observation.isResponse && observation.opcode === 0 && observation.rcode === 0;
      // A name server answers for many, with the addresses of others.
      return isAnswer && observation.address === at.batch.srcIp[word + 3] ? observation.name.trim() : '';
    }
    if (observation.kind !== 'dns' || observation.protocol !== 'llmnr' || !observation.isResponse) return '';
    const own = formatIpAt(at.batch.srcIp, word);
    const answer = observation.records.find(
      ({ type, section, value }) => section === 'answer' && (type === AAAA || (type === A && value === own)),
    );
    return answer?.name ?? '';
  }

  function observe(observation: Observation, at: MessageContext): void {
    const name = claimedName(observation, at).toLowerCase();
    const device = name === '' ? -1 : view.devices.senderOf(at.batch, at.index);
    if (device < 0) return;
    const answerer = answerers.use(device, () => ({
      names: new Set(),
      victims: new Set(),
      episode: new Episode(at.seconds, at.nanos),
    }));
    answerer.episode.add(at.seconds, at.nanos, at.packet);
    if (answerer.names.size < MAX_SAMPLES) answerer.names.add(name);
    const victim = view.devices.receiverOf(at.batch, at.index);
    if (victim >= 0 && answerer.victims.size < MAX_SAMPLES)
      answerer.victims.add(view.devices.devices[victim]!.id);
  }

  return {
    id: 'name-poisoning',
    kinds: ['netbios-name', 'dns'],
    observe,
    findings(): Finding[] {
      return [...answerers.entries()]
        .filter(([, { names }]) => names.size >= config.names)
        .map(([device, { names, victims, episode }]) => {
          const actor = deviceActor(view, device);
          return findingOf(episode, {
            rule: 'name-poisoning',
            severity: 'high',
            confidence: 0.9,
            actor,
            peer: victims.size === 1 ? [...victims][0]! : '',
            summary: `${actor.label} answered LLMNR or NetBIOS queries for ${formatCount(names.size)} different names`,
            evidence: { names: [...names], victims: [...victims], answers: episode.count },
            technique: 'T1557.001',
          });
        });
    },
  };
};
