/**
 * ServerHello of SSL 3.0 to TLS 1.3, and the HelloRetryRequest that has its form (RFC 8446, section 4.1.3 and 4.1.4).
 * Ignored on purpose: random (except to tell a retry), session id, compression, the key of the key share.
 */
import { u16, u32 } from '../bytes/endian.ts';
import { Cursor } from '../bytes/cursor.ts';
import type { TlsTransport } from './tls-client-hello.ts';
import { readAlpnName, TLS_EXTENSION } from './tls-extension.ts';

const MAX_EXTENSIONS = 128;
/** The first eight bytes of SHA-256("HelloRetryRequest"), which a retry has as its random. */
const RETRY_RANDOM_0 = 0xcf21ad74;
const RETRY_RANDOM_1 = 0xe59a6111;

export interface TlsServerHelloObservation {
  readonly kind: 'tls-server-hello';
  readonly transport: TlsTransport;
  readonly legacyVersion: number;
  /** The version in use: the selected one of supported_versions, else `legacyVersion`. */
  readonly version: number;
  readonly cipherSuite: number;
  /** In the order of the message. */
  readonly extensions: readonly number[];
  /** The protocol chosen, one character a byte; '' when none (TLS 1.3 hides it). */
  readonly alpn: string;
  /** Group of the key share (TLS 1.3); 0 when there is none. */
  readonly group: number;
  readonly isRetry: boolean;
  /** False when the message was malformed or had more extensions than are kept. */
  readonly isWhole: boolean;
}

/** Decodes the message body in `bytes[start, end)`; null when not even the cipher suite can be read. */
export function decodeServerHello(
  bytes: Uint8Array,
  start: number,
  end: number,
  transport: TlsTransport,
): TlsServerHelloObservation | null {
  const cursor = new Cursor(bytes, start, end);
  const legacyVersion = cursor.readU16();
  const random = cursor.take(32);
  cursor.skip(cursor.readU8());
  const cipherSuite = cursor.readU16();
  if (!cursor.ok) return null;
  const isRetry = u32(bytes, random) === RETRY_RANDOM_0 && u32(bytes, random + 4) === RETRY_RANDOM_1;
  cursor.skip(1);
  const extensions: number[] = [];
  let version = legacyVersion;
  let alpn = '';
  let group = 0;
  let isWhole: boolean = cursor.ok;
  if (cursor.remaining > 0) {
    const length = cursor.readU16();
    if (!cursor.ok || length > cursor.remaining) isWhole = false;
    else cursor.reset(bytes, cursor.offset, cursor.offset + length);
    while (isWhole && cursor.remaining > 0) {
      const type = cursor.readU16();
      const size = cursor.readU16();
      const at = cursor.take(size);
      isWhole = cursor.ok && extensions.length < MAX_EXTENSIONS;
      if (!isWhole) break;
      extensions.push(type);
      if (type === TLS_EXTENSION.supportedVersions && size === 2) version = u16(bytes, at);
      if (type === TLS_EXTENSION.keyShare && size >= 2) group = u16(bytes, at);
      if (type === TLS_EXTENSION.alpn && size > 3 && bytes[at + 2]! <= size - 3) {
        alpn = readAlpnName(bytes, at + 3, at + 3 + bytes[at + 2]!);
      }
    }
  }
  return {
    kind: 'tls-server-hello',
    transport,
    legacyVersion,
    version,
    cipherSuite,
    extensions,
    alpn,
    group,
    isRetry,
    isWhole,
  };
}
