/**
 * Start lines of HTTP/1 (RFC 9112), RTSP (RFC 2326, 7826) and SIP (RFC 3261), which have one form. Of a target only the
 * path is kept and the names of its query: values, and a user before `@`, are where secrets travel.
 */
import { readText } from '../bytes/text.ts';

/** Longest start line; longer ones are not text of these protocols. */
export const MAX_START_LINE_BYTES = 8192;
const MAX_METHOD_BYTES = 20;
const MAX_REASON = 128;
const MAX_QUERY_KEYS = 16;
const LF = 10;
const CR = 13;
const SPACE = 32;

export interface StartLine {
  /** '' for a response. */
  readonly method: string;
  /** As it was sent, bounded, secrets included: to be given to `readTarget` and forgotten. */
  readonly target: string;
  /** `HTTP`, `RTSP` or `SIP`. */
  readonly protocol: string;
  readonly version: string;
  /** 0 for a request. */
  readonly status: number;
  /** Reason phrase of a response. */
  readonly reason: string;
}

/** Long, of letters and digits: a session, an API key, an id of a person's device. */
const TOKEN_SEGMENT = /(?<=\/)(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[\w-]{16,}(?=\/|$)/g;

const VERSION = /^([A-Z]{3,4})\/(\d(?:\.\d)?)$/;

/** The start line at `start`; 'incomplete' while its end is not there, null when it is none. */
export function readStartLine(
  bytes: Uint8Array,
  start: number,
  end: number,
): StartLine | 'incomplete' | null {
  const limit = Math.min(end, start + MAX_START_LINE_BYTES);
  let first = start;
  while (first < limit && first - start <= MAX_METHOD_BYTES && isTokenByte(bytes[first]!)) first++;
  if (first === start) return null;
  if (first === limit) return first - start > MAX_METHOD_BYTES ? null : 'incomplete';
  if (bytes[first] !== SPACE) return null;
  let lineEnd = first;
  let last = first;
  while (lineEnd < limit && bytes[lineEnd] !== LF) {
    if (bytes[lineEnd] === SPACE) last = lineEnd;
    lineEnd++;
  }
  if (lineEnd === limit) return limit === end && end - start < MAX_START_LINE_BYTES ? 'incomplete' : null;
  if (bytes[lineEnd - 1] === CR) lineEnd--;
  const head = VERSION.exec(readText(bytes, start, first));
  if (head !== null) {
    const status = readStatus(bytes, first + 1, lineEnd);
    if (status < 0) return null;
    const reason = readText(bytes, Math.min(first + 5, lineEnd), lineEnd, MAX_REASON);
    return { method: '', target: '', protocol: head[1]!, version: head[2]!, status, reason };
  }
  if (last === first) return null;
  const tail = VERSION.exec(readText(bytes, last + 1, lineEnd, 16));
  if (tail === null) return null;
  return {
    method: readText(bytes, start, first),
    target: readText(bytes, first + 1, last, 1024),
    protocol: tail[1]!,
    version: tail[2]!,
    status: 0,
    reason: '',
  };
}

function isTokenByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || (byte >= 0x2e && byte <= 0x39) || byte === 0x5f;
}

function readStatus(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3 || (end - start > 3 && bytes[start + 3] !== SPACE)) return -1;
  let status = 0;
  for (let at = start; at < start + 3; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status < 100 ? -1 : status;
}

export interface Target {
  /** Path, or scheme, host and path, without user, query and fragment; `*` for a segment that may be a token. */
  readonly path: string;
  readonly queryKeys: readonly string[];
}

/** The shortest segment that may be a token, and the `/` before it. */
const TOKEN_TARGET_LENGTH = 17;
const USER = /^([a-z]{3,6}:\/\/)[^/@]*@/i;
const NO_KEYS: readonly string[] = [];

/** What may be kept of a target. */
export function readTarget(target: string): Target {
  const cut = endOfPath(target);
  let path = cut < 0 ? target : target.slice(0, cut);
  if (path.includes('@')) path = path.replace(USER, '$1');
  path = path.slice(0, 256);
  if (path.length >= TOKEN_TARGET_LENGTH) path = path.replace(TOKEN_SEGMENT, '*');
  return { path, queryKeys: cut < 0 || target[cut] === '#' ? NO_KEYS : readQueryKeys(target.slice(cut + 1)) };
}

/** Where query or fragment begin; -1 when there is neither. */
function endOfPath(target: string): number {
  const query = target.indexOf('?');
  const fragment = target.indexOf('#');
  return query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
}

function readQueryKeys(query: string): string[] {
  const queryKeys: string[] = [];
  for (const pair of query.split('&')) {
    const key = pair.split('=', 1)[0]!.slice(0, 64);
    if (key !== '' && pair.includes('=') && queryKeys.length < MAX_QUERY_KEYS) queryKeys.push(key);
  }
  return queryKeys;
}
