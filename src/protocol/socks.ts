/**
 * SOCKS 4, 4a (no RFC; "SOCKS: a protocol for TCP proxy across firewalls") and 5 (RFC 1928): the client's request, then the
 * TLS that goes through. Ignored on purpose: user ids and passwords (RFC 1929), which are skipped unread; replies beyond
 * their length; UDP association.
 */
import { formatIpv4, formatIp } from '../bytes/address.ts';
import { u32 } from '../bytes/endian.ts';
import { Cursor } from '../bytes/cursor.ts';
import { readText } from '../bytes/text.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { decodeTls } from './tls.ts';
import { isTlsStart } from './tls-record.ts';

const MAX_ID_BYTES = 256;
const VERSION = { four: 4, five: 5 } as const;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 } as const;

export interface SocksObservation {
  readonly kind: 'socks';
  readonly version: number;
  /** 1 CONNECT, 2 BIND, 3 UDP ASSOCIATE. */
  readonly command: number;
  /** Address or name that the client asks for. */
  readonly target: string;
  readonly port: number;
  /** The client sends a user name and a password (RFC 1929) or a user id (SOCKS 4). */
  readonly hasCredentials: boolean;
}

/** The request of version 4 or 4a; meaningless when the cursor has run out. */
function readSocks4(cursor: Cursor): SocksObservation {
  cursor.skip(1);
  const command = cursor.readU8();
  const port = cursor.readU16();
  const address = cursor.readU32();
  const userLength = skipText(cursor);
  let target = formatIpv4(address);
  if (address !== 0 && address >>> 8 === 0) {
    const from = cursor.offset;
    const length = skipText(cursor);
    target = readText(cursor.bytes, from, from + length);
  }
  const hasCredentials = userLength > 0;
  return { kind: 'socks', version: 4, command, target, port, hasCredentials };
}

/** Moves behind a text that a NUL ends and returns its length. */
function skipText(cursor: Cursor): number {
  for (let length = 0; length < MAX_ID_BYTES; length++) {
    if (cursor.readU8() === 0) return length;
  }
  // Longer than anybody's id: as good as cut off.
  cursor.skip(cursor.remaining + 1);
  return 0;
}

/** The request of version 5 with the negotiation before it; meaningless when the cursor has run out. */
function readSocks5(cursor: Cursor): SocksObservation {
  cursor.skip(1);
  cursor.skip(cursor.readU8());
  let hasCredentials = false;
  // RFC 1929 has version 1 where the request has 5.
  if (cursor.remaining > 0 && cursor.bytes[cursor.offset] === 1) {
    hasCredentials = true;
    cursor.skip(1);
    cursor.skip(cursor.readU8());
    cursor.skip(cursor.readU8());
  }
  cursor.skip(1);
  const command = cursor.readU8();
  cursor.skip(1);
  const target = readAddress(cursor);
  const port = cursor.readU16();
  return { kind: 'socks', version: 5, command, target, port, hasCredentials };
}

function readAddress(cursor: Cursor): string {
  const type = cursor.readU8();
  if (type === ADDRESS.ipv4) return formatIpv4(cursor.readU32());
  if (type === ADDRESS.ipv6) {
    const at = cursor.take(16);
    if (!cursor.ok) return '';
    const { bytes } = cursor;
    return formatIp(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12));
  }
  const length = type === ADDRESS.name ? cursor.readU8() : 0;
  const at = cursor.take(length);
  return cursor.ok ? readText(cursor.bytes, at, at + length) : '';
}

/** The proxy's side: what it says before the data of the other end, by length alone. */
function skipReplies(cursor: Cursor): void {
  if (cursor.readU8() === 0) {
    cursor.skip(7);
    return;
  }
  cursor.skip(1);
  if (cursor.remaining > 1 && cursor.bytes[cursor.offset] === 1) cursor.skip(2);
  cursor.skip(3);
  readAddress(cursor);
  cursor.skip(2);
}

function isSocksStart(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 3) return false;
  const second = bytes[start + 1]!;
  if (bytes[start] === VERSION.four)
    return length >= 9 && (second === 1 || second === 2) && bytes[end - 1] === 0;
  return (
    bytes[start] === VERSION.five &&
    second >= 1 &&
    second <= 8 &&
    length === 2 + second &&
    bytes[start + 2]! <= 9
  );
}

function isReplyStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const [first, second] = [bytes[start]!, bytes[start + 1]!];
  return first === 0 ? second >= 0x5a && second <= 0x5d : first === VERSION.five && second <= 9;
}

function decodeSocks(
  bytes: Uint8Array,
  start: number,
  end: number,
  isClient: boolean,
  sink: MessageSink,
): DecodeResult {
  const cursor = new Cursor(bytes, start, end);
  if (isClient) {
    const version = bytes[start];
    if (version !== VERSION.four && version !== VERSION.five) return 'foreign';
    const request = version === VERSION.four ? readSocks4(cursor) : readSocks5(cursor);
    if (!cursor.ok) return end - start > 1024 ? 'foreign' : 'incomplete';
    if (request.command < 1 || request.command > 3) return 'foreign';
    sink.observe(request);
  } else {
    if (!isReplyStart(bytes, start, end)) return 'foreign';
    skipReplies(cursor);
    if (!cursor.ok) return 'incomplete';
  }
  if (cursor.remaining < 6) return 'incomplete';
  if (!isTlsStart(bytes, cursor.offset, end)) return 'done';
  return decodeTls(bytes, cursor.offset, end, sink) === 'incomplete' ? 'incomplete' : 'done';
}

export const socksDecoder: MessageDecoder = {
  name: 'socks',
  triggers: [{ kind: 'tcp', ports: [1080] }],
  scope: 'start',
  probe: isSocksStart,
  decode: (bytes, start, end, context, sink) => decodeSocks(bytes, start, end, context.fromOriginator, sink),
};
