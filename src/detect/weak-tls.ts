/**
 * weak-tls: a server that settles on a version of TLS older than 1.2 (deprecated by RFC 8996), or shows a certificate
 * that is not valid at the time of the capture. Old devices do, so it informs; an invalid certificate is `low` where the
 * traffic leaves the network.
 *
 * State: episodes by client and server (see EpisodeLog).
 */
import { isPrivateIp } from '../bytes/address.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import type { TlsCertificateObservation } from '../protocol/tls.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const TLS_1_2 = 0x0303;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0200, 'SSL 2.0'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
]);

/** What is wrong with a certificate's period in packet time; '' when it holds or cannot be read. */
function validityAt({ notBefore, notAfter }: TlsCertificateObservation, seconds: number): string {
  if (notAfter !== 0 && seconds > notAfter) return 'an expired certificate';
  return notBefore !== 0 && seconds < notBefore ? 'a certificate that is not yet valid' : '';
}

class Notes {
  version = '';
  validity = '';
  peer = '';
  leavesNetwork = false;
}

export const weakTls: DetectorFactory<RuleConfig<'weak-tls'>> = (config, view): Detector => {
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    if (at.flow < 0) return;
    let version = '';
    let validity = '';
    if (observation.kind === 'tls-server-hello') {
      if (observation.transport !== 'tcp' || observation.version >= TLS_1_2) return;
      version = VERSIONS.get(observation.version) ?? '';
      if (version === '') return;
    } else if (observation.kind === 'tls-certificate') {
      validity = validityAt(observation, at.seconds);
      if (validity === '') return;
    } else return;
    const { respIp } = view.flows;
    const word = at.flow * 4;
    const { episode, notes } = log.at(
      view.ends.actor(at.flow),
      at.seconds,
      at.nanos,
      view.ends.target(at.flow),
    );
    episode.add(at.seconds, at.nanos, at.packet);
    if (version !== '') notes.version = version;
    if (validity !== '') notes.validity = validity;
    notes.peer = view.ends.peer(at.flow);
    notes.leavesNetwork = !isPrivateIp(
      respIp[word]!,
      respIp[word + 1]!,
      respIp[word + 2]!,
      respIp[word + 3]!,
    );
  }

  return {
    id: 'weak-tls',
    kinds: ['tls-server-hello', 'tls-certificate'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const what = [notes.version, notes.validity].filter((part) => part !== '').join(' and ');
        return findingOf(episode, {
          rule: 'weak-tls',
          severity: notes.validity !== '' && notes.leavesNetwork ? 'low' : 'info',
          confidence: 0.9,
          actor,
          peer: notes.peer,
          summary: `${actor.label} talks to ${notes.peer} with ${what}`,
          evidence: { version: notes.version, certificate: notes.validity, connections: episode.count },
          technique: '',
        });
      });
    },
  };
};
