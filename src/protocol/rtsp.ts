/**
 * RTSP (RFC 2326, RFC 7826): requests and answers of cameras and players. Ignored on purpose: credentials (the scheme and
 * realm stay), session ids, SDP bodies.
 */
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { readHead } from './header-fields.ts';
import { loginOfBasic } from './login.ts';
import { readStartLine, readTarget } from './start-line.ts';

const MAX_MESSAGES = 8;
const MAX_HEAD_BYTES = 8192;
const METHODS =
  /^(?:OPTIONS|DESCRIBE|ANNOUNCE|SETUP|PLAY|PAUSE|TEARDOWN|GET_PARAMETER|SET_PARAMETER|RECORD|POST|GET)$/;

export interface RtspObservation {
  readonly kind: 'rtsp';
  /** '' for an answer. */
  readonly method: string;
  /** 0 for a request. */
  readonly status: number;
  /** Without user, password and query. */
  readonly path: string;
  readonly userAgent: string;
  readonly server: string;
  /** Realm of WWW-Authenticate, which often names the model. */
  readonly realm: string;
}

function decodeRtsp(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  let at = start;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    const rest: DecodeResult = count === 0 ? 'foreign' : 'done';
    if (at === end) return 'incomplete';
    const line = readStartLine(bytes, at, end);
    if (line === 'incomplete') return 'incomplete';
    if (line === null || line.protocol !== 'RTSP' || (line.status === 0 && !METHODS.test(line.method)))
      return rest;
    const head = readHead(bytes, at, end);
    if (head.bodyStart < 0 && !head.limited && end - at < MAX_HEAD_BYTES) return 'incomplete';
    const field = (name: string): string => head.fields.get(name) ?? '';
    sink.observe({
      kind: 'rtsp',
      method: line.method,
      status: line.status,
      path: readTarget(line.target).path,
      userAgent: field('user-agent'),
      server: field('server'),
      realm: /realm="([^"]{0,128})/i.exec(field('www-authenticate'))?.[1] ?? '',
    });
    const authorization = field('authorization');
    if (/^basic /i.test(authorization)) sink.observe(loginOfBasic('rtsp-basic', authorization.slice(6)));
    if (head.bodyStart < 0) return 'done';
    const length = /^\d{1,7}$/.test(field('content-length')) ? Number(field('content-length')) : 0;
    if (head.bodyStart + length > end) return 'incomplete';
    at = head.bodyStart + length;
  }
  return 'done';
}

export const rtspDecoder: MessageDecoder = {
  name: 'rtsp',
  triggers: [{ kind: 'tcp', ports: [554, 8554, 7070, 5554, 10_554] }],
  scope: 'start',
  probe(bytes, start, end) {
    const line = end - start < 12 ? null : readStartLine(bytes, start, end);
    return line !== null && line !== 'incomplete' && line.protocol === 'RTSP';
  },
  decode: (bytes, start, end, _context, sink) => decodeRtsp(bytes, start, end, sink),
};
