/**
 * X.509 certificates (RFC 5280), as far as they say who a server is: subject, issuer, validity, alternative names. Our own
 * reader and not the one of the runtime, whose text differs between versions of its library and which throws on what
 * devices ship. Nothing is verified. Ignored on purpose: serial number, keys, signature, all other extensions.
 */
import { createHash } from 'node:crypto';
import { formatIp } from '../bytes/address.ts';
import { u32 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { DER, type DerElement, eachDer, readDer, readDerOf, readDerTime } from './der.ts';

const MAX_NAME_PARTS = 32;
const MAX_EXTENSIONS = 64;
/** Alternative names kept, and looked at. */
export const MAX_ALTERNATIVE_NAMES = 32;

const OID_COMMON_NAME = 0x550403;
const OID_ORGANIZATION = 0x55040a;
const OID_ORGANIZATIONAL_UNIT = 0x55040b;
const OID_SUBJECT_ALT_NAME = 0x551d11;
/** Context-specific tags: version and extensions of TBSCertificate; dNSName and iPAddress of GeneralName. */
const TAG_VERSION = 0xa0;
const TAG_EXTENSIONS = 0xa3;
const TAG_DNS_NAME = 0x82;
const TAG_IP_ADDRESS = 0x87;

export interface DistinguishedName {
  /** The first of each; '' when absent. */
  readonly commonName: string;
  readonly organization: string;
  readonly organizationalUnit: string;
}

export interface Certificate {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Subject and issuer are the same name. */
  readonly isSelfIssued: boolean;
  /** DNS names and addresses, in order. */
  readonly alternativeNames: readonly string[];
  /** Epoch seconds; 0 when not readable. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the certificate, lower-case hex: devices that share a key are found by it. */
  readonly sha256: string;
}

/** Reads the certificate in `bytes[start, end)`; null when it has not the form of one. */
export function readCertificate(bytes: Uint8Array, start: number, end: number): Certificate | null {
  const outer = readDerOf(bytes, start, end, DER.sequence);
  if (outer === null) return null;
  const tbs = readDerOf(bytes, outer.start, outer.end, DER.sequence);
  if (tbs === null) return null;
  let at = tbs.start;
  const version = readDer(bytes, at, tbs.end);
  if (version?.tag === TAG_VERSION) at = version.end;
  const serial = readDerOf(bytes, at, tbs.end, DER.integer);
  const algorithm = serial && readDerOf(bytes, serial.end, tbs.end, DER.sequence);
  const issuer = algorithm && readDerOf(bytes, algorithm.end, tbs.end, DER.sequence);
  const validity = issuer && readDerOf(bytes, issuer.end, tbs.end, DER.sequence);
  const subject = validity && readDerOf(bytes, validity.end, tbs.end, DER.sequence);
  if (!issuer || !validity || !subject) return null;
  const notBefore = readDer(bytes, validity.start, validity.end);
  const notAfter = notBefore && readDer(bytes, notBefore.end, validity.end);
  return {
    subject: readName(bytes, subject),
    issuer: readName(bytes, issuer),
    isSelfIssued: isSame(bytes, subject, issuer),
    alternativeNames: readAlternativeNames(bytes, subject.end, tbs.end),
    notBefore: notBefore ? readDerTime(bytes, notBefore) : 0,
    notAfter: notAfter ? readDerTime(bytes, notAfter) : 0,
    sha256: createHash('sha256').update(bytes.subarray(start, outer.end)).digest('hex'),
  };
}

function readName(bytes: Uint8Array, name: DerElement): DistinguishedName {
  let commonName = '';
  let organization = '';
  let organizationalUnit = '';
  for (const set of eachDer(bytes, name.start, name.end, MAX_NAME_PARTS)) {
    const pair = readDerOf(bytes, set.start, set.end, DER.sequence);
    const oid = pair && readDerOf(bytes, pair.start, pair.end, DER.oid);
    const value = oid && readDer(bytes, oid.end, pair.end);
    if (!value) continue;
    const number = shortOid(bytes, oid);
    if (number === OID_COMMON_NAME && commonName === '') commonName = readString(bytes, value);
    if (number === OID_ORGANIZATION && organization === '') organization = readString(bytes, value);
    if (number === OID_ORGANIZATIONAL_UNIT && organizationalUnit === '') {
      organizationalUnit = readString(bytes, value);
    }
  }
  return { commonName, organization, organizationalUnit };
}

function readAlternativeNames(bytes: Uint8Array, start: number, end: number): string[] {
  const names: string[] = [];
  for (const part of eachDer(bytes, start, end, 8)) {
    const list = part.tag === TAG_EXTENSIONS ? readDerOf(bytes, part.start, part.end, DER.sequence) : null;
    if (list === null) continue;
    for (const extension of eachDer(bytes, list.start, list.end, MAX_EXTENSIONS)) {
      const oid = readDerOf(bytes, extension.start, extension.end, DER.oid);
      if (oid === null || shortOid(bytes, oid) !== OID_SUBJECT_ALT_NAME) continue;
      const next = readDer(bytes, oid.end, extension.end);
      const value = next?.tag === DER.boolean ? readDer(bytes, next.end, extension.end) : next;
      const general = value && readDerOf(bytes, value.start, value.end, DER.sequence);
      if (!general) continue;
      for (const name of eachDer(bytes, general.start, general.end, MAX_ALTERNATIVE_NAMES)) {
        const length = name.end - name.start;
        if (name.tag === TAG_DNS_NAME) names.push(readText(bytes, name.start, name.end));
        else if (name.tag === TAG_IP_ADDRESS && length === 4) {
          names.push(formatIp(0, 0, 0xffff, u32(bytes, name.start)));
        } else if (name.tag === TAG_IP_ADDRESS && length === 16) {
          const at = name.start;
          names.push(formatIp(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12)));
        }
      }
      return names;
    }
  }
  return names;
}

/** An object identifier of three bytes as one number; -1 for longer ones. */
function shortOid(bytes: Uint8Array, oid: DerElement): number {
  if (oid.end - oid.start !== 3) return -1;
  return (bytes[oid.start]! << 16) | (bytes[oid.start + 1]! << 8) | bytes[oid.start + 2]!;
}

function readString(bytes: Uint8Array, element: DerElement): string {
  if (element.tag !== DER.bmpString) return readText(bytes, element.start, element.end);
  let text = '';
  for (let at = element.start; at + 1 < element.end && text.length < 128; at += 2) {
    text += String.fromCharCode((bytes[at]! << 8) | bytes[at + 1]!);
  }
  return text;
}

function isSame(bytes: Uint8Array, a: DerElement, b: DerElement): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let i = 0; i < a.end - a.start; i++) if (bytes[a.start + i] !== bytes[b.start + i]) return false;
  return true;
}
