/** JA3 and JA3S (Salesforce, BSD 3-clause): MD5 over the numbers of a hello in the order of the message. */
import { createHash } from 'node:crypto';
import type { TlsClientHelloObservation } from '../protocol/tls-client-hello.ts';
import { isGrease } from '../protocol/tls-extension.ts';
import type { TlsServerHelloObservation } from '../protocol/tls-server-hello.ts';

/** The text that JA3 hashes: version, ciphers, extensions, groups, point formats; GREASE left out. */
export function ja3Text(hello: TlsClientHelloObservation): string {
  return [
    String(hello.legacyVersion),
    joined(hello.cipherSuites),
    joined(hello.extensions),
    joined(hello.groups),
    hello.pointFormats.join('-'),
  ].join(',');
}

/** JA3 of a client; '' when the hello was not whole. */
export function ja3(hello: TlsClientHelloObservation): string {
  return hello.isWhole ? md5(ja3Text(hello)) : '';
}

/** JA3S of a server; '' when the hello was not whole. */
export function ja3s(hello: TlsServerHelloObservation): string {
  if (!hello.isWhole) return '';
  return md5(`${hello.legacyVersion},${hello.cipherSuite},${hello.extensions.join('-')}`);
}

function joined(values: readonly number[]): string {
  return values.filter((value) => !isGrease(value)).join('-');
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
