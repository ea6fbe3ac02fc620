/**
 * JA3 and JA4 of ClientHellos. A client says the same hello again and again, so the fingerprints of recent ones are
 * kept: direct mapped, and compared field by field, so that no hello gets those of another.
 */
import type { TlsClientHelloObservation } from '../protocol/tls-client-hello.ts';
import { ja3 } from './ja3.ts';
import { ja4 } from './ja4.ts';

export interface HelloFingerprints {
  readonly ja3: string;
  readonly ja4: string;
}

interface Entry extends HelloFingerprints {
  readonly hello: TlsClientHelloObservation;
}

const ENTRIES = 512;
const recent: (Entry | undefined)[] = new Array<Entry | undefined>(ENTRIES).fill(undefined);

/** Both are '' when the hello was not whole. */
export function helloFingerprints(hello: TlsClientHelloObservation): HelloFingerprints {
  const at = hashHello(hello) & (ENTRIES - 1);
  const known = recent[at];
  if (known !== undefined && isSame(known.hello, hello)) return known;
  const entry = { hello, ja3: ja3(hello), ja4: ja4(hello) };
  recent[at] = entry;
  return entry;
}

function hashHello(hello: TlsClientHelloObservation): number {
  let hash = hashNumbers(hello.legacyVersion, hello.cipherSuites);
  hash = hashNumbers(hash, hello.extensions);
  return hash ^ (hash >>> 15);
}

function hashNumbers(hash: number, values: readonly number[]): number {
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ values[i]!, 0x0100_0193);
  return hash;
}

/** Same in all that the fingerprints are made of. */
function isSame(a: TlsClientHelloObservation, b: TlsClientHelloObservation): boolean {
  return (
    a.transport === b.transport &&
    a.legacyVersion === b.legacyVersion &&
    a.isWhole === b.isWhole &&
    a.alpn[0] === b.alpn[0] &&
    isEqual(a.cipherSuites, b.cipherSuites) &&
    isEqual(a.extensions, b.extensions) &&
    isEqual(a.supportedVersions, b.supportedVersions) &&
    isEqual(a.groups, b.groups) &&
    isEqual(a.pointFormats, b.pointFormats) &&
    isEqual(a.signatureAlgorithms, b.signatureAlgorithms)
  );
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
