/**
 * DTLS 1.0 to 1.3 (RFC 6347, RFC 9147): ClientHello and ServerHello in plain records. Ignored on purpose: handshake
 * messages in fragments, which are recognised only; HelloVerifyRequest, after which the ClientHello comes again.
 */
import { u16, u24 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { HANDSHAKE } from './tls.ts';
import { decodeClientHello } from './tls-client-hello.ts';
import { CONTENT_TYPE } from './tls-record.ts';
import { decodeServerHello } from './tls-server-hello.ts';

const RECORD_HEADER_BYTES = 13;
const MESSAGE_HEADER_BYTES = 12;
const MAX_RECORDS = 8;
/** Old OpenSSL said 1.0 as 0x0100. */
const DTLS_1_0_OLD = 0x0100;

function isDtlsStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES) return false;
  if (bytes[start] !== CONTENT_TYPE.handshake) return false;
  const version = u16(bytes, start + 1);
  return (version >>> 8 === 0xfe && (version & 255) >= 0xfc) || version === DTLS_1_0_OLD;
}

function decodeDtls(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  if (!isDtlsStart(bytes, start, end)) return 'foreign';
  let at = start;
  for (let count = 0; count < MAX_RECORDS && isDtlsStart(bytes, at, end); count++) {
    const from = at + RECORD_HEADER_BYTES;
    const to = from + u16(bytes, at + 11);
    if (to > end) break;
    decodeMessage(bytes, start, from, to, sink);
    at = to;
  }
  return 'done';
}

function decodeMessage(bytes: Uint8Array, base: number, start: number, end: number, sink: MessageSink): void {
  if (end - start < MESSAGE_HEADER_BYTES) return;
  const type = bytes[start]!;
  const length = u24(bytes, start + 1);
  const isWhole = u24(bytes, start + 6) === 0 && u24(bytes, start + 9) === length;
  const from = start + MESSAGE_HEADER_BYTES;
  if (!isWhole || from + length > end) return;
  const hello =
    type === HANDSHAKE.clientHello
      ? decodeClientHello(bytes, from, from + length, 'dtls')
      : type === HANDSHAKE.serverHello
        ? decodeServerHello(bytes, from, from + length, 'dtls')
        : undefined;
  if (hello === undefined) return;
  if (hello !== null) sink.observe(hello);
  if (!hello?.isWhole) sink.issue(ISSUE['message/tls-malformed'], from - base, length, end - from);
}

export const dtlsDecoder: MessageDecoder = {
  name: 'dtls',
  triggers: [{ kind: 'udp', ports: [443, 4433, 5684, 10_001] }],
  scope: 'start',
  probe: isDtlsStart,
  decode: (bytes, start, end, _context, sink) => decodeDtls(bytes, start, end, sink),
};
