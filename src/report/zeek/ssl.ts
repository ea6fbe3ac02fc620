import type { TlsClientHelloObservation } from '../../protocol/tls-client-hello.ts';
import type { TlsServerHelloObservation } from '../../protocol/tls-server-hello.ts';
import { FLOW_ID_FIELDS } from './flow-id.ts';
import { cipherSuiteName, tlsVersionName } from './tls-names.ts';
import type { Field, FieldValue } from './value.ts';

/**
 * ssl.log: one row per handshake over TCP or DTLS. What the decoders do not read (curve, resumption, alerts, whether
 * the handshake completed) is no column rather than a guess.
 */
export const SSL_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'version', type: 'string' },
  { name: 'cipher', type: 'string' },
  { name: 'server_name', type: 'string' },
  { name: 'next_protocol', type: 'string' },
  { name: 'ssl_history', type: 'string' },
];

/** quic.log: what the client's first packet says. */
export const QUIC_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'server_name', type: 'string' },
  { name: 'client_protocol', type: 'string' },
];

export interface Handshake {
  client: TlsClientHelloObservation | null;
  server: TlsServerHelloObservation | null;
  /** Zeek's letters: C client hello, s server hello, j hello retry. */
  history: string;
}

export function newHandshake(): Handshake {
  return { client: null, server: null, history: '' };
}

export function noteHello(
  state: Handshake,
  hello: TlsClientHelloObservation | TlsServerHelloObservation,
): void {
  let letter = 'C';
  if (hello.kind === 'tls-client-hello') state.client ??= hello;
  else if (hello.isRetry) letter = 'j';
  else {
    letter = 's';
    state.server ??= hello;
  }
  if (!state.history.includes(letter)) state.history += letter;
}

export function sslValues({ client, server, history }: Handshake): FieldValue[] {
  return [
    server === null ? undefined : tlsVersionName(server.version),
    server === null ? undefined : cipherSuiteName(server.cipherSuite),
    client?.serverName || undefined,
    server?.alpn || undefined,
    history,
  ];
}

export function quicValues({ client }: Handshake): FieldValue[] {
  return [client?.serverName || undefined, client?.alpn[0]];
}
