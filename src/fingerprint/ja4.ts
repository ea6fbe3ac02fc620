/**
 * JA4, the TLS client fingerprint (FoxIO; this one method is BSD 3-clause). Three parts: what the client is at a glance,
 * a hash of its sorted cipher suites, a hash of its sorted extensions and of its signature algorithms in order. GREASE is
 * left out everywhere. The other methods of the JA4+ suite are not free and are not here.
 */
import { createHash } from 'node:crypto';
import { compareText } from '../bytes/order.ts';
import type { TlsClientHelloObservation, TlsTransport } from '../protocol/tls-client-hello.ts';
import { isGrease, TLS_EXTENSION } from '../protocol/tls-extension.ts';

const TRANSPORT: Readonly<Record<TlsTransport, string>> = { tcp: 't', quic: 'q', dtls: 'd' };

const VERSION: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);

const NO_HASH = '000000000000';

/** JA4 of a client; '' when the hello was not whole. */
export function ja4(hello: TlsClientHelloObservation): string {
  if (!hello.isWhole) return '';
  const ciphers = hello.cipherSuites.filter((value) => !isGrease(value));
  const extensions = hello.extensions.filter((value) => !isGrease(value));
  const glance =
    TRANSPORT[hello.transport] +
    versionOf(hello) +
    (extensions.includes(TLS_EXTENSION.serverName) ? 'd' : 'i') +
    count(ciphers.length) +
    count(extensions.length) +
    alpnOf(hello.alpn[0] ?? '');
  return `${glance}_${hash(sortedHex(ciphers))}_${extensionHash(extensions, hello.signatureAlgorithms)}`;
}

/** The highest version on offer. DTLS counts its versions down. */
function versionOf(hello: TlsClientHelloObservation): string {
  const offered = hello.supportedVersions.filter((value) => !isGrease(value));
  if (offered.length === 0) return VERSION.get(hello.legacyVersion) ?? '00';
  const best = hello.transport === 'dtls' ? Math.min(...offered) : Math.max(...offered);
  return VERSION.get(best) ?? '00';
}

/** Two digits, 99 at most. */
function count(length: number): string {
  return String(Math.min(length, 99)).padStart(2, '0');
}

/**
 * First and last character of the first protocol name. The reference implementation writes 9 for a byte that is not
 * ASCII, and its published results have it so.
 */
function alpnOf(name: string): string {
  if (name === '') return '00';
  const ascii = (character: string): string => (character > '\x7f' ? '9' : character);
  return ascii(name[0]!) + ascii(name[name.length - 1]!);
}

function extensionHash(extensions: readonly number[], signatureAlgorithms: readonly number[]): string {
  const kept = extensions.filter(
    (value) => value !== TLS_EXTENSION.serverName && value !== TLS_EXTENSION.alpn,
  );
  if (kept.length === 0) return NO_HASH;
  const algorithms = signatureAlgorithms.filter((value) => !isGrease(value)).map(hex4);
  return hash(sortedHex(kept) + (algorithms.length > 0 ? `_${algorithms.join(',')}` : ''));
}

function sortedHex(values: readonly number[]): string {
  return values.map(hex4).sort(compareText).join(',');
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function hash(text: string): string {
  return text === '' ? NO_HASH : createHash('sha256').update(text).digest('hex').slice(0, 12);
}
