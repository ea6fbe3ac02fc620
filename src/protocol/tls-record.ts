/**
 * TLS record layer (RFC 8446, section 5.1; RFC 5246, section 6.2.1), plain handshake records only. A handshake message may
 * span records and a record may hold several messages; both sides of a stream start with handshake records, so what is
 * joined here is the run of them at the start. Ignored on purpose: everything from the first record of another type on
 * (ChangeCipherSpec, alerts, application data), record versions beyond a plausibility check.
 */
import { u16 } from '../bytes/endian.ts';

export const CONTENT_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** Longest record of any version: 2^14 and what TLS 1.2 allows a cipher to add. */
const MAX_RECORD_BYTES = 0x4000 + 2048;
/** Records of one stream start that are joined. */
const MAX_RECORDS = 64;
const HEADER_BYTES = 5;

/** A run of handshake bytes: in place when they lie in one record, otherwise joined. */
export interface HandshakeRun {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** A record of another type follows, or what follows is no record: no more handshake bytes will come. */
  readonly isClosed: boolean;
}

/** True when `bytes[start, end)` can be the start of a TLS stream; few bytes are judged by those that are there. */
export function isTlsStart(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 3) return false;
  if (bytes[start] !== CONTENT_TYPE.handshake || bytes[start + 1] !== 3 || bytes[start + 2]! > 4)
    return false;
  if (length < HEADER_BYTES + 1) return true;
  const recordLength = u16(bytes, start + 3);
  return recordLength >= 4 && recordLength <= MAX_RECORD_BYTES && bytes[start + 5]! <= 2;
}

/** The handshake bytes at the start of a stream; null when it does not start with a handshake record. */
export function readHandshakeRun(bytes: Uint8Array, start: number, end: number): HandshakeRun | null {
  if (end - start >= HEADER_BYTES && !isHandshakeHeader(bytes, start)) return null;
  const fragments: number[] = [];
  let total = 0;
  let at = start;
  let isClosed = false;
  for (;;) {
    if (end - at < HEADER_BYTES) break;
    if (!isHandshakeHeader(bytes, at) || fragments.length >= MAX_RECORDS * 2) {
      isClosed = true;
      break;
    }
    const from = at + HEADER_BYTES;
    const to = from + u16(bytes, at + 3);
    fragments.push(from, Math.min(to, end));
    total += Math.min(to, end) - from;
    if (to > end) break;
    at = to;
  }
  if (fragments.length === 0) return { bytes, start, end: start, isClosed };
  if (fragments.length === 2) return { bytes, start: fragments[0]!, end: fragments[1]!, isClosed };
  const joined = new Uint8Array(total);
  let offset = 0;
  for (let i = 0; i < fragments.length; i += 2) {
    joined.set(bytes.subarray(fragments[i], fragments[i + 1]), offset);
    offset += fragments[i + 1]! - fragments[i]!;
  }
  return { bytes: joined, start: 0, end: total, isClosed };
}

function isHandshakeHeader(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === CONTENT_TYPE.handshake &&
    bytes[at + 1] === 3 &&
    bytes[at + 2]! <= 4 &&
    u16(bytes, at + 3) <= MAX_RECORD_BYTES &&
    u16(bytes, at + 3) > 0
  );
}
