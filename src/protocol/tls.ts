/**
 * TLS over TCP (RFC 8446, RFC 5246 and before): one ClientHello from one side, ServerHello and, up to TLS 1.2, the leaf of
 * Certificate from the other. Ignored on purpose: everything that is encrypted, the rest of the chain.
 */
import { u24 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { decodeSslv2Hello, isSslv2Hello } from './sslv2-hello.ts';
import { decodeClientHello } from './tls-client-hello.ts';
import { isTlsStart, readHandshakeRun } from './tls-record.ts';
import { decodeServerHello } from './tls-server-hello.ts';
import { type Certificate, readCertificate } from './x509.ts';

export const HANDSHAKE = { helloRequest: 0, clientHello: 1, serverHello: 2, certificate: 11 } as const;

/** Handshake messages of one side that are looked at. */
const MAX_MESSAGES = 16;
const MESSAGE_HEADER_BYTES = 4;
const TLS_1_3 = 0x0304;

/** The leaf certificate of a server (or client), TLS 1.2 and before. */
export interface TlsCertificateObservation extends Certificate {
  readonly kind: 'tls-certificate';
}

/** Decodes the handshake at the start of one side of a stream; also used behind proxies and STARTTLS. */
export function decodeTls(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  const run = readHandshakeRun(bytes, start, end);
  if (run === null) return 'foreign';
  const more = run.isClosed ? 'done' : 'incomplete';
  let at = run.start;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    if (run.end - at < MESSAGE_HEADER_BYTES) return count === 0 && run.isClosed ? 'foreign' : more;
    const type = run.bytes[at]!;
    const from = at + MESSAGE_HEADER_BYTES;
    const to = from + u24(run.bytes, at + 1);
    if (count === 0 && type > HANDSHAKE.serverHello) return 'foreign';
    if (type === HANDSHAKE.certificate) return decodeCertificate(run.bytes, from, run.end, more, sink);
    if (to > run.end) return count === 0 && run.isClosed ? 'foreign' : more;
    if (type === HANDSHAKE.clientHello) {
      const hello = decodeClientHello(run.bytes, from, to, 'tcp');
      if (hello === null) return malformed(sink, from - run.start, to - from);
      sink.observe(hello);
      return hello.isWhole ? 'done' : malformed(sink, from - run.start, to - from);
    }
    if (type === HANDSHAKE.serverHello) {
      const hello = decodeServerHello(run.bytes, from, to, 'tcp');
      if (hello === null) return malformed(sink, from - run.start, to - from);
      sink.observe(hello);
      if (!hello.isWhole) return malformed(sink, from - run.start, to - from);
      if (hello.version >= TLS_1_3) return 'done';
    }
    at = to;
  }
  return 'done';
}

/** The leaf is told as soon as it is whole, whatever the length of the chain. */
function decodeCertificate(
  bytes: Uint8Array,
  start: number,
  end: number,
  more: DecodeResult,
  sink: MessageSink,
): DecodeResult {
  if (end - start < 6) return more;
  const from = start + 6;
  const to = from + u24(bytes, start + 3);
  if (to > end) return more;
  const certificate = readCertificate(bytes, from, to);
  if (certificate === null) return malformed(sink, 0, to - from);
  sink.observe({ kind: 'tls-certificate', ...certificate });
  return 'done';
}

/** `offset` counts handshake bytes: those of several records are joined. */
function malformed(sink: MessageSink, offset: number, length: number): DecodeResult {
  sink.issue(ISSUE['message/tls-malformed'], offset, length, length);
  return 'done';
}

export const tlsDecoder: MessageDecoder = {
  name: 'ssl',
  triggers: [{ kind: 'tcp', ports: [443, 465, 853, 993, 995, 5061, 6697, 8443, 8883] }],
  scope: 'start',
  probe: (bytes, start, end) => isTlsStart(bytes, start, end) || isSslv2Hello(bytes, start, end),
  decode(bytes, start, end, _context, sink) {
    if (isSslv2Hello(bytes, start, end)) {
      const hello = decodeSslv2Hello(bytes, start, end);
      if (hello === null) return 'incomplete';
      sink.observe(hello);
      return 'done';
    }
    if (!isTlsStart(bytes, start, end)) return 'foreign';
    return end - start < 6 ? 'incomplete' : decodeTls(bytes, start, end, sink);
  },
};
