import { ja3, ja3s } from '../../fingerprint/ja3.ts';
import type { TlsCertificateObservation } from '../../protocol/tls.ts';
import type { TlsClientHelloObservation } from '../../protocol/tls-client-hello.ts';
import { TLS_EXTENSION } from '../../protocol/tls-extension.ts';
import type { TlsServerHelloObservation } from '../../protocol/tls-server-hello.ts';
import type { DistinguishedName } from '../../protocol/x509.ts';
import { FLOW_ID_FIELDS } from './flow-id.ts';
import { cipherSuiteName, groupName, tlsVersionName } from './tls-names.ts';
import type { Field, FieldValue } from './value.ts';

/**
 * ssl.log: one row per handshake over TCP or DTLS, with the columns of Zeek 4 and 5 and behind them those of its JA3
 * package. What only later messages say (alerts, whether the handshake completed, the curve before TLS 1.3) is unset
 * rather than a guess. Names are those of their parts that are read: CN, OU, O.
 */
export const SSL_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'version', type: 'string' },
  { name: 'cipher', type: 'string' },
  { name: 'curve', type: 'string' },
  { name: 'server_name', type: 'string' },
  { name: 'resumed', type: 'bool' },
  { name: 'last_alert', type: 'string' },
  { name: 'next_protocol', type: 'string' },
  { name: 'established', type: 'bool' },
  { name: 'ssl_history', type: 'string' },
  { name: 'cert_chain_fps', type: 'vector[string]' },
  { name: 'client_cert_chain_fps', type: 'vector[string]' },
  { name: 'subject', type: 'string' },
  { name: 'issuer', type: 'string' },
  { name: 'client_subject', type: 'string' },
  { name: 'client_issuer', type: 'string' },
  { name: 'sni_matches_cert', type: 'bool' },
  { name: 'ja3', type: 'string' },
  { name: 'ja3s', type: 'string' },
];

/** quic.log: what the client's first packet says; connection ids are not kept. */
export const QUIC_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'version', type: 'string' },
  { name: 'client_initial_dcid', type: 'string' },
  { name: 'client_scid', type: 'string' },
  { name: 'server_scid', type: 'string' },
  { name: 'server_name', type: 'string' },
  { name: 'client_protocol', type: 'string' },
  { name: 'history', type: 'string' },
];

const TLS_1_3 = 0x0304;

export interface Handshake {
  client: TlsClientHelloObservation | null;
  server: TlsServerHelloObservation | null;
  certificate: TlsCertificateObservation | null;
  clientCertificate: TlsCertificateObservation | null;
  /** Zeek's letters: C client hello, s server hello, j hello retry, X and x certificate. */
  history: string;
}

export function newHandshake(): Handshake {
  return { client: null, server: null, certificate: null, clientCertificate: null, history: '' };
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
  noteLetter(state, letter);
}

export function noteCertificate(
  state: Handshake,
  certificate: TlsCertificateObservation,
  fromOriginator: boolean,
): void {
  if (fromOriginator) state.clientCertificate ??= certificate;
  else state.certificate ??= certificate;
  noteLetter(state, fromOriginator ? 'X' : 'x');
}

function noteLetter(state: Handshake, letter: string): void {
  if (!state.history.includes(letter)) state.history += letter;
}

export function sslValues(state: Handshake): FieldValue[] {
  const { client, server, certificate, clientCertificate, history } = state;
  const name = client?.serverName ?? '';
  return [
    server === null ? undefined : tlsVersionName(server.version),
    server === null ? undefined : cipherSuiteName(server.cipherSuite),
    server === null || server.group === 0 ? undefined : groupName(server.group),
    name || undefined,
    isResumed(state),
    undefined,
    server?.alpn || undefined,
    undefined,
    history,
    certificate === null ? undefined : [certificate.sha256],
    clientCertificate === null ? undefined : [clientCertificate.sha256],
    nameText(certificate?.subject),
    nameText(certificate?.issuer),
    nameText(clientCertificate?.subject),
    nameText(clientCertificate?.issuer),
    certificate === null || name === '' ? undefined : isNamed(certificate, name),
    client === null ? undefined : ja3(client) || undefined,
    server === null ? undefined : ja3s(server) || undefined,
  ];
}

export function quicValues({ client }: Handshake): FieldValue[] {
  return [
    undefined,
    undefined,
    undefined,
    undefined,
    client?.serverName || undefined,
    client?.alpn[0],
    client === null ? undefined : 'IS',
  ];
}

/** TLS 1.3 says it by a pre-shared key; before, a certificate says that it is not so. */
function isResumed({ server, certificate }: Handshake): boolean | undefined {
  if (certificate !== null) return false;
  if (server?.version !== TLS_1_3) return undefined;
  return server.extensions.includes(TLS_EXTENSION.preSharedKey);
}

function nameText(name: DistinguishedName | undefined): string | undefined {
  if (name === undefined) return undefined;
  const parts = [
    ['CN', name.commonName],
    ['OU', name.organizationalUnit],
    ['O', name.organization],
  ].filter(([, value]) => value !== '');
  if (parts.length === 0) return undefined;
  return parts.map(([key, value]) => `${key}=${value!.replace(/[,+"\\<>;]/g, '\\$&')}`).join(',');
}

/** RFC 6125: a `*` stands for the first label. */
function isNamed({ subject, alternativeNames }: TlsCertificateObservation, name: string): boolean {
  const wanted = name.toLowerCase();
  const wild = wanted.replace(/^[^.]+/, '*');
  const names = alternativeNames.length > 0 ? alternativeNames : [subject.commonName];
  return names.some((known) => known.toLowerCase() === wanted || known.toLowerCase() === wild);
}
