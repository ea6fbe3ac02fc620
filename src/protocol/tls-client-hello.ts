/**
 * ClientHello of SSL 3.0 to TLS 1.3 (RFC 8446, section 4.1.2), in TLS over TCP, in QUIC (RFC 9001) and in DTLS (RFC 6347,
 * 9147). Extensions: server_name (RFC 6066), ALPN (RFC 7301), supported_groups and ec_point_formats (RFC 8422),
 * signature_algorithms and supported_versions (RFC 8446). Ignored on purpose: random, session id and ticket contents,
 * compression, key shares, transport parameters, the contents of ECH.
 */
import { Cursor } from '../bytes/cursor.ts';
import { readFrequentText } from '../bytes/text-cache.ts';
import { isEncryptedClientHello, readAlpnName, readU16List, TLS_EXTENSION } from './tls-extension.ts';

export type TlsTransport = 'tcp' | 'quic' | 'dtls';

/** Items kept of each list; real clients stay far below. */
const MAX_CIPHER_SUITES = 512;
const MAX_EXTENSIONS = 128;
const MAX_LIST = 128;
const MAX_ALPN = 16;
const HOST_NAME = 0;

export interface TlsClientHelloObservation {
  readonly kind: 'tls-client-hello';
  readonly transport: TlsTransport;
  /** client_version of the message itself; TLS 1.3 says 0x0303 here. */
  readonly legacyVersion: number;
  /** All lists are in the order of the message, GREASE included. */
  readonly supportedVersions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** Protocol names, one character a byte. */
  readonly alpn: readonly string[];
  /** '' when the extension is absent or empty. */
  readonly serverName: string;
  /** Encrypted ClientHello (or a GREASE of it): the server name is that of the front. */
  readonly hasEch: boolean;
  /** False when the message was malformed or a list was longer than is kept: it has no fingerprint. */
  readonly isWhole: boolean;
}

interface Extensions {
  order: number[];
  supportedVersions: number[];
  groups: number[];
  pointFormats: number[];
  signatureAlgorithms: number[];
  alpn: string[];
  serverName: string;
  hasEch: boolean;
}

/** Decodes the message body in `bytes[start, end)`; null when not even the cipher suites can be read. */
export function decodeClientHello(
  bytes: Uint8Array,
  start: number,
  end: number,
  transport: TlsTransport,
): TlsClientHelloObservation | null {
  const cursor = new Cursor(bytes, start, end);
  const legacyVersion = cursor.readU16();
  cursor.skip(32);
  cursor.skip(cursor.readU8());
  if (transport === 'dtls') cursor.skip(cursor.readU8());
  const cipherBytes = cursor.readU16();
  const cipherSuites = readU16List(cursor, cipherBytes >>> 1, MAX_CIPHER_SUITES);
  if (!cursor.ok || !isPlausibleVersion(legacyVersion, transport)) return null;
  let isWhole = (cipherBytes & 1) === 0 && cipherBytes >>> 1 <= MAX_CIPHER_SUITES;
  if ((cipherBytes & 1) !== 0) cursor.skip(1);
  cursor.skip(cursor.readU8());
  const found: Extensions = {
    order: [],
    supportedVersions: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    alpn: [],
    serverName: '',
    hasEch: false,
  };
  if (!cursor.ok) isWhole = false;
  else if (cursor.remaining > 0) {
    const length = cursor.readU16();
    const stop = cursor.offset + length;
    if (!cursor.ok || stop > end) isWhole = false;
    isWhole = readExtensions(bytes, cursor.offset, Math.min(stop, end), found) && isWhole;
  }
  return {
    kind: 'tls-client-hello',
    transport,
    legacyVersion,
    supportedVersions: found.supportedVersions,
    cipherSuites,
    extensions: found.order,
    groups: found.groups,
    pointFormats: found.pointFormats,
    signatureAlgorithms: found.signatureAlgorithms,
    alpn: found.alpn,
    serverName: found.serverName,
    hasEch: found.hasEch,
    isWhole,
  };
}

function isPlausibleVersion(version: number, transport: TlsTransport): boolean {
  return transport === 'dtls'
    ? version >>> 8 === 0xfe || version === 0x0100
    : version >>> 8 === 3 && version <= 0x0304;
}

/** Reads what it can; false when something was malformed or too long. */
function readExtensions(bytes: Uint8Array, start: number, end: number, found: Extensions): boolean {
  const outer = new Cursor(bytes, start, end);
  const inner = new Cursor();
  let isWhole = true;
  while (outer.remaining > 0) {
    if (found.order.length >= MAX_EXTENSIONS) return false;
    const type = outer.readU16();
    const length = outer.readU16();
    const at = outer.take(length);
    if (!outer.ok) return false;
    found.order.push(type);
    inner.reset(bytes, at, at + length);
    if (!readExtension(type, inner, found)) isWhole = false;
  }
  return isWhole;
}

function readExtension(type: number, cursor: Cursor, found: Extensions): boolean {
  switch (type) {
    case TLS_EXTENSION.serverName:
      return readServerName(cursor, found);
    case TLS_EXTENSION.supportedGroups:
      found.groups = readU16List(cursor, cursor.readU16() >>> 1, MAX_LIST);
      return cursor.ok && found.groups.length < MAX_LIST;
    case TLS_EXTENSION.signatureAlgorithms:
      found.signatureAlgorithms = readU16List(cursor, cursor.readU16() >>> 1, MAX_LIST);
      return cursor.ok && found.signatureAlgorithms.length < MAX_LIST;
    case TLS_EXTENSION.supportedVersions:
      found.supportedVersions = readU16List(cursor, cursor.readU8() >>> 1, MAX_LIST);
      return cursor.ok;
    case TLS_EXTENSION.ecPointFormats: {
      const length = cursor.readU8();
      const at = cursor.take(length);
      if (cursor.ok) found.pointFormats = Array.from(cursor.bytes.subarray(at, at + length));
      return cursor.ok;
    }
    case TLS_EXTENSION.alpn:
      return readAlpn(cursor, found);
    default:
      if (isEncryptedClientHello(type)) found.hasEch = true;
      return true;
  }
}

function readServerName(cursor: Cursor, found: Extensions): boolean {
  // Servers answer with an empty extension, and some clients send one.
  if (cursor.remaining === 0) return true;
  cursor.skip(2);
  const type = cursor.readU8();
  const length = cursor.readU16();
  const at = cursor.take(length);
  if (cursor.ok && type === HOST_NAME) found.serverName = readFrequentText(cursor.bytes, at, at + length);
  return cursor.ok;
}

function readAlpn(cursor: Cursor, found: Extensions): boolean {
  cursor.skip(2);
  while (cursor.remaining > 0 && found.alpn.length < MAX_ALPN) {
    const length = cursor.readU8();
    const at = cursor.take(length);
    if (!cursor.ok) return false;
    found.alpn.push(readAlpnName(cursor.bytes, at, at + length));
  }
  return cursor.ok;
}
