/**
 * Observation → evidence about the device that sent the message (for DHCP requests: about the client).
 */
import type { Observation } from '../protocol/observation.ts';
import { Claims } from './collect/claim.ts';
import { collectDhcp } from './collect/dhcp.ts';
import { collectDns } from './collect/dns.ts';
import {
  collectHttpRequest,
  collectHttpResponse,
  collectHttpTitle,
  collectUpnpDescription,
} from './collect/http.ts';
import { collectSsdp } from './collect/ssdp.ts';
import { collectTlsClientHello } from './collect/tls.ts';
import type { Evidence } from './evidence.ts';
import { builtInKnowledge, type Knowledge } from './knowledge.ts';

/** Tells `emit` what the message says about its sender; the same evidence may come again with every message. */
export function collectEvidence(
  observation: Observation,
  emit: (evidence: Evidence) => void,
  knowledge: Knowledge = builtInKnowledge(),
): void {
  switch (observation.kind) {
    case 'dhcp':
      return collectDhcp(observation, new Claims(emit, knowledge));
    case 'dns':
      return collectDns(observation, new Claims(emit, knowledge));
    case 'ssdp':
      return collectSsdp(observation, new Claims(emit, knowledge));
    case 'http-request':
      return collectHttpRequest(observation, new Claims(emit, knowledge));
    case 'http-response':
      return collectHttpResponse(observation, new Claims(emit, knowledge));
    case 'http-title':
      return collectHttpTitle(observation, new Claims(emit, knowledge));
    case 'upnp-description':
      return collectUpnpDescription(observation, new Claims(emit, knowledge));
    case 'tls-client-hello':
      return collectTlsClientHello(observation, new Claims(emit, knowledge));
    default:
      return;
  }
}

/** Evidence from a fingerprint that is not a message: `tcp.syn`, `tls.ja4`, `hassh`. */
export function collectFingerprint(
  kind: 'tcp.syn' | 'tls.ja4' | 'hassh',
  value: string,
  emit: (evidence: Evidence) => void,
  knowledge: Knowledge = builtInKnowledge(),
): void {
  new Claims(emit, knowledge).byFact(kind, kind, value);
}
