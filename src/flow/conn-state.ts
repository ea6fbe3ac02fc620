import { ENDPOINT } from './tcp-endpoint.ts';

/**
 * Zeek's `conn_state`: the summary of how a connection began and ended. The order is the numeric code of a run.
 */
export const CONN_STATES = [
  'S0',
  'S1',
  'SF',
  'REJ',
  'S2',
  'S3',
  'RSTO',
  'RSTR',
  'RSTOS0',
  'RSTRH',
  'SH',
  'SHR',
  'OTH',
] as const;
export type ConnState = (typeof CONN_STATES)[number];

/** SYN, then RST, without anything of the originator in between that shows an established connection. */
const ATTEMPT_ABORTED = /^\^?S[^HAFGIQ]*R/;

/** State of a TCP connection from its endpoints' states, sizes and history. */
export function tcpConnState(orig: number, resp: number, bothEmpty: boolean, history: string): ConnState {
  const origSilent = orig === ENDPOINT.inactive || orig === ENDPOINT.partial;
  const respSilent = resp === ENDPOINT.inactive || resp === ENDPOINT.partial;
  if (resp === ENDPOINT.reset) {
    const rejected =
      orig === ENDPOINT.synSent || orig === ENDPOINT.synAckSent || (orig === ENDPOINT.reset && bothEmpty);
    if (rejected) return 'REJ';
    return origSilent ? 'RSTRH' : 'RSTR';
  }
  if (orig === ENDPOINT.reset) {
    if (!respSilent) return 'RSTO';
    return ATTEMPT_ABORTED.test(history) ? 'RSTOS0' : 'OTH';
  }
  if (orig === ENDPOINT.closed && resp === ENDPOINT.closed) return 'SF';
  if (orig === ENDPOINT.closed) return respSilent ? 'SH' : 'S2';
  if (resp === ENDPOINT.closed) return origSilent ? 'SHR' : 'S3';
  if (orig === ENDPOINT.synSent && resp === ENDPOINT.inactive) return 'S0';
  if (orig === ENDPOINT.established && resp === ENDPOINT.established) return 'S1';
  return 'OTH';
}

/** State of a UDP flow from which sides sent something. */
export function udpConnState(origActive: boolean, respActive: boolean): ConnState {
  if (origActive) return respActive ? 'SF' : 'S0';
  return respActive ? 'SHR' : 'OTH';
}
