/**
 * weak-tls: a server that settles on a version of TLS older than 1.2 (deprecated by RFC 8996), or shows a certificate
 * that is not valid at the time of the capture. Old devices do, so it informs; an invalid certificate is `low` where the
 * traffic leaves the network.
 *
 * State: episodes by client (see EpisodeLog), of each the number of its servers and the first of them.
 */
import { isPrivateIp } from '../bytes/address.ts';
import { formatCount } from '../bytes/count.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import type { TlsCertificateObservation } from '../protocol/tls.ts';
import type { Actor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DistinctCounter, hashWords } from './distinct.ts';
import { Samples } from './episode.ts';
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
  readonly versions = new Set<string>();
  readonly certificates = new Set<string>();
  readonly samples = new Samples();
  readonly servers = new DistinctCounter();
  /** The first server: device id or address. */
  peer = '';
  /** An invalid certificate came from outside the network. */
  isExposed = false;
  /** Of the last flow: ServerHello and certificate of one connection are one event. */
  flowId = -1;
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
    const { flows } = view;
    const { respIp } = flows;
    const word = at.flow * 4;
    const { actor, episode, notes } = log.at(view.ends.actor(at.flow), at.seconds, at.nanos);
    if (notes.flowId === flows.id[at.flow]!) episode.extend(at.seconds, at.nanos);
    else episode.add(at.seconds, at.nanos, at.packet);
    notes.flowId = flows.id[at.flow]!;
    if (notes.servers.add(hashWords(respIp, word))) noteServer(notes, actor, at.flow);
    if (version !== '') notes.versions.add(version);
    if (validity === '') return;
    notes.certificates.add(validity);
    notes.isExposed ||= !isPrivateIp(respIp[word]!, respIp[word + 1]!, respIp[word + 2]!, respIp[word + 3]!);
  }

  function noteServer(notes: Notes, { device }: Actor, flow: number): void {
    const address = view.ends.peer(flow);
    const name = device < 0 ? '' : view.devices.nameOf(device, view.ends.target(flow));
    if (notes.peer === '') notes.peer = address;
    notes.samples.add(name === '' ? address : `${name} (${address})`);
  }

  return {
    id: 'weak-tls',
    kinds: ['tls-server-hello', 'tls-certificate'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const versions = [...notes.versions].sort();
        const certificates = [...notes.certificates].sort();
        const servers = notes.samples.list();
        const { count } = notes.servers;
        const whom = count === 1 ? servers[0]! : `${formatCount(count)} servers`;
        return findingOf(episode, {
          rule: 'weak-tls',
          severity: notes.isExposed ? 'low' : 'info',
          confidence: 0.9,
          actor,
          peer: count === 1 ? notes.peer : '',
          summary: `${actor.label} talks to ${whom} with ${[...versions, ...certificates].join(' and ')}`,
          evidence: {
            servers,
            serverCount: count,
            ...(versions.length > 0 && { versions }),
            ...(certificates.length > 0 && { certificates }),
            connections: episode.count,
          },
          technique: '',
        });
      });
    },
  };
};
