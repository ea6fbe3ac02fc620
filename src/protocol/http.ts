/**
 * HTTP/1 (RFC 9110, RFC 9112): the first requests and responses of a connection, as far as they say who the two sides are.
 * A request through a proxy (CONNECT) leads on to the TLS behind it. Ignored on purpose: cookies, tokens, query values,
 * bodies apart from those of `http-body.ts`, trailers, HTTP/2 (recognised by its preface).
 */
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { type Head, readHead } from './header-fields.ts';
import { bodyLength, observeBody } from './http-body.ts';
import { loginOfBasic } from './login.ts';
import { readStartLine, readTarget, type StartLine } from './start-line.ts';
import { decodeTls } from './tls.ts';
import { isTlsStart } from './tls-record.ts';

/** Messages of one side that are looked at. */
const MAX_MESSAGES = 8;
/** A head that is longer is taken as it stands. */
const MAX_HEAD_BYTES = 12_288;
/** A body that is waited for, because another message comes behind it. */
const SHORT_BODY_BYTES = 4096;
const SCHEMES = new Set([
  'basic',
  'digest',
  'bearer',
  'ntlm',
  'negotiate',
  'hmac',
  'aws4-hmac-sha256',
  'token',
  'wsse',
]);
const METHODS = new Set(
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL REPORT SEARCH SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH M-POST PRI'.split(
    ' ',
  ),
);

export interface HttpRequestObservation {
  readonly kind: 'http-request';
  readonly method: string;
  /** Without query values and user. */
  readonly path: string;
  readonly queryKeys: readonly string[];
  readonly version: string;
  readonly host: string;
  readonly userAgent: string;
  readonly contentType: string;
  /** Content-Length as announced, 0 without a body; -1 when only its end tells. */
  readonly bodyLength: number;
  /** Referer, like `path`; Origin. */
  readonly referrer: string;
  readonly origin: string;
  /** SOAPACTION of UPnP. */
  readonly soapAction: string;
  /** The scheme alone, lower case; '' when there is none. */
  readonly authorization: string;
  /** Field names as written, in order (a fingerprint). */
  readonly headerOrder: readonly string[];
}

export interface HttpResponseObservation {
  readonly kind: 'http-response';
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly server: string;
  readonly poweredBy: string;
  readonly contentType: string;
  /** As announced, 0 without a body; -1 when only its end tells. */
  readonly bodyLength: number;
  /** Scheme of WWW-Authenticate, lower case, and its realm, which often names the model. */
  readonly authenticate: string;
  readonly realm: string;
  readonly headerOrder: readonly string[];
}

function decodeHttp(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  let at = start;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    const rest: DecodeResult = count === 0 ? 'foreign' : 'done';
    if (at === end) return 'incomplete';
    const line = readStartLine(bytes, at, end);
    if (line === 'incomplete') return 'incomplete';
    if (line === null || line.protocol !== 'HTTP') return rest;
    if (line.status === 0 && !METHODS.has(line.method)) return rest;
    const head = readHead(bytes, at, end);
    const isCut = head.bodyStart < 0;
    if (isCut && !head.limited && end - at < MAX_HEAD_BYTES) return 'incomplete';
    observeHead(line, head, sink);
    if (isCut) return 'done';
    if (line.method === 'CONNECT' || line.method === 'PRI')
      return behindProxy(bytes, head.bodyStart, end, sink);
    const length = bodyLength(line, head);
    // What is behind an answer without a length and without a type may be what a proxy was asked for.
    if (line.status === 200 && length < 0 && !head.fields.has('content-type')) {
      return behindProxy(bytes, head.bodyStart, end, sink);
    }
    const bodyEnd = length < 0 ? end : Math.min(end, head.bodyStart + length);
    const isWhole = length >= 0 && head.bodyStart + length <= end;
    const wantsMore = observeBody(line, head, bytes, bodyEnd, isWhole, sink);
    if (head.faults > 0 && (isWhole || !wantsMore))
      sink.issue(ISSUE['message/http-malformed'], at - start, 0, 0);
    if (head.faults > 0 && !wantsMore) return 'done';
    const isShort = length >= 0 && length <= SHORT_BODY_BYTES;
    if (!isWhole) return wantsMore || isShort ? 'incomplete' : 'done';
    at = head.bodyStart + length;
  }
  return 'done';
}

function observeHead(line: StartLine, head: Head, sink: MessageSink): void {
  const { fields, order } = head;
  const length = bodyLength(line, head);
  const field = (name: string): string => fields.get(name) ?? '';
  if (line.status !== 0) {
    sink.observe({
      kind: 'http-response',
      status: line.status,
      reason: line.reason,
      version: line.version,
      server: field('server'),
      poweredBy: field('x-powered-by'),
      contentType: field('content-type'),
      bodyLength: length,
      authenticate: /^[\w-]{1,32}/.exec(field('www-authenticate'))?.[0].toLowerCase() ?? '',
      realm: /realm="([^"]{0,128})/i.exec(field('www-authenticate'))?.[1] ?? '',
      headerOrder: order,
    });
    return;
  }
  const { path, queryKeys } = readTarget(line.target);
  const authorization = field('authorization');
  const scheme = authorization === '' ? '' : authorization.split(' ', 1)[0]!.toLowerCase();
  sink.observe({
    kind: 'http-request',
    method: line.method,
    path,
    queryKeys,
    version: line.version,
    host: field('host'),
    userAgent: field('user-agent'),
    contentType: field('content-type'),
    bodyLength: length,
    referrer: readTarget(field('referer')).path,
    origin: readTarget(field('origin')).path,
    soapAction: field('soapaction'),
    // A token without a scheme would be kept otherwise.
    authorization: scheme === '' || SCHEMES.has(scheme) ? scheme : 'other',
    headerOrder: order,
  });
  if (scheme === 'basic') sink.observe(loginOfBasic('http-basic', authorization.slice(6)));
}

function behindProxy(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  if (end - start < 6) return 'incomplete';
  if (!isTlsStart(bytes, start, end)) return 'done';
  return decodeTls(bytes, start, end, sink) === 'incomplete' ? 'incomplete' : 'done';
}

/** `GET `, `HTTP/1.` and the like; the exact look is the decoder's. */
function isHttpStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return false;
  const line = readStartLine(bytes, start, Math.min(end, start + 24));
  if (line === null) return false;
  let method = '';
  for (let at = start; at < end && at < start + 20 && bytes[at] !== 32; at++)
    method += String.fromCharCode(bytes[at]!);
  return METHODS.has(method) || method.startsWith('HTTP/1.');
}

export const httpDecoder: MessageDecoder = {
  name: 'http',
  triggers: [
    {
      kind: 'tcp',
      ports: [80, 81, 88, 591, 631, 3128, 5000, 7547, 8000, 8008, 8080, 8081, 8088, 8888, 9000, 49152],
    },
  ],
  scope: 'start',
  probe: isHttpStart,
  decode: (bytes, start, end, _context, sink) => decodeHttp(bytes, start, end, sink),
};
