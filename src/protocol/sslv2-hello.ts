/**
 * ClientHello in the form of SSL 2.0 that old clients use to offer SSL 3.0 and TLS (RFC 5246, appendix E.2). It has no
 * extensions, hence no server name and no fingerprint. Ignored on purpose: SSL 2.0 itself, whose offer is only recognised.
 */
import { u16, u24 } from '../bytes/endian.ts';
import type { TlsClientHelloObservation } from './tls-client-hello.ts';

const HEADER_BYTES = 11;
const CLIENT_HELLO = 1;
const MAX_BYTES = 1024;

export function isSslv2Hello(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES || (bytes[start]! & 0x80) === 0 || bytes[start + 2] !== CLIENT_HELLO)
    return false;
  const length = u16(bytes, start) & 0x7fff;
  const version = u16(bytes, start + 3);
  const [ciphers, session, challenge] = [u16(bytes, start + 5), u16(bytes, start + 7), u16(bytes, start + 9)];
  if (version !== 2 && (version < 0x0300 || version > 0x0303)) return false;
  return (
    length <= MAX_BYTES &&
    ciphers > 0 &&
    ciphers % 3 === 0 &&
    challenge >= 16 &&
    challenge <= 32 &&
    length === 9 + ciphers + session + challenge
  );
}

/** Decodes a hello that `isSslv2Hello` has agreed to; null while it is not whole. */
export function decodeSslv2Hello(
  bytes: Uint8Array,
  start: number,
  end: number,
): TlsClientHelloObservation | null {
  if (end - start < 2 + (u16(bytes, start) & 0x7fff)) return null;
  const cipherSuites: number[] = [];
  const from = start + HEADER_BYTES;
  for (let at = from; at < from + u16(bytes, start + 5); at += 3) {
    // A first byte that is not zero marks a cipher of SSL 2.0.
    if (bytes[at] === 0) cipherSuites.push(u24(bytes, at));
  }
  return {
    kind: 'tls-client-hello',
    transport: 'tcp',
    legacyVersion: u16(bytes, start + 3),
    supportedVersions: [],
    cipherSuites,
    extensions: [],
    groups: [],
    pointFormats: [],
    signatureAlgorithms: [],
    alpn: [],
    serverName: '',
    hasEch: false,
    isWhole: false,
  };
}
