/**
 * NTLM messages (MS-NLMP, sections 2.2.1.1 to 2.2.1.3) inside SMB, HTTP and others, found by their signature: names and the
 * Windows build of both sides. Ignored on purpose: challenge, responses, session key; of the user only that there is one.
 */
import { u16le, u32le } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageSink } from './decoder.ts';

const SIGNATURE = [0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0] as const;
const TYPE = { negotiate: 1, challenge: 2, authenticate: 3 } as const;
const FLAG = { unicode: 0x1, oemDomain: 0x1000, oemWorkstation: 0x2000, version: 0x0200_0000 } as const;
const PAIR = { end: 0, computer: 1, domain: 2, dnsComputer: 3, dnsDomain: 4, dnsForest: 5 } as const;
const MAX_PAIRS = 16;
const MAX_NAME_BYTES = 512;

const utf16 = new TextDecoder('utf-16le', { fatal: false });

export interface NtlmObservation {
  readonly kind: 'ntlm';
  /** 1 NEGOTIATE, 2 CHALLENGE (the server's names), 3 AUTHENTICATE (the client's). */
  readonly messageType: number;
  /** '' where the message does not have it. */
  readonly computerName: string;
  readonly domainName: string;
  readonly dnsComputerName: string;
  readonly dnsDomainName: string;
  /** `10.0.19041`; '' when not told. */
  readonly osVersion: string;
  readonly hasUser: boolean;
}

/** Finds an NTLM message in `bytes[start, end)` and observes it; true when there was one. Offsets of issues count from `origin`. */
export function observeNtlm(
  bytes: Uint8Array,
  start: number,
  end: number,
  sink: MessageSink,
  origin = start,
): boolean {
  const at = findSignature(bytes, start, end);
  if (at < 0 || end - at < 12) return false;
  const messageType = u32le(bytes, at + 8);
  const text = (field: number, isUnicode: boolean): string => {
    const stop = u32le(bytes, at + field + 4) + u16le(bytes, at + field);
    if (stop > end - at && u16le(bytes, at + field) > 0)
      sink.issue(ISSUE['message/smb-malformed'], at - origin, stop, end - at);
    return readField(bytes, at, field, end, isUnicode);
  };
  let names = { computerName: '', domainName: '', dnsComputerName: '', dnsDomainName: '' };
  let version = -1;
  let hasUser = false;
  if (messageType === TYPE.negotiate && end - at >= 32) {
    const flags = u32le(bytes, at + 12);
    if ((flags & FLAG.oemDomain) !== 0) names.domainName = text(16, false);
    if ((flags & FLAG.oemWorkstation) !== 0) names.computerName = text(24, false);
    if ((flags & FLAG.version) !== 0) version = 32;
  } else if (messageType === TYPE.challenge && end - at >= 48) {
    names = readTargetInfo(bytes, at, end);
    if ((u32le(bytes, at + 20) & FLAG.version) !== 0) version = 48;
  } else if (messageType === TYPE.authenticate && end - at >= 64) {
    const flags = u32le(bytes, at + 60);
    const isUnicode = (flags & FLAG.unicode) !== 0;
    names.domainName = text(28, isUnicode);
    hasUser = u16le(bytes, at + 36) > 0;
    names.computerName = text(44, isUnicode);
    if ((flags & FLAG.version) !== 0) version = 64;
  } else return false;
  const osVersion =
    version < 0 || end - at < version + 8
      ? ''
      : `${bytes[at + version]!}.${bytes[at + version + 1]!}.${u16le(bytes, at + version + 2)}`;
  sink.observe({ kind: 'ntlm', messageType, ...names, osVersion, hasUser });
  return true;
}

function findSignature(bytes: Uint8Array, start: number, end: number): number {
  search: for (let at = start; at + SIGNATURE.length <= end; at++) {
    for (let i = 0; i < SIGNATURE.length; i++) if (bytes[at + i] !== SIGNATURE[i]) continue search;
    return at;
  }
  return -1;
}

/** Text of a field: length, room, offset from the start of the message. */
function readField(bytes: Uint8Array, base: number, field: number, end: number, isUnicode: boolean): string {
  const length = u16le(bytes, base + field);
  const from = base + u32le(bytes, base + field + 4);
  if (length === 0 || length > MAX_NAME_BYTES || from + length > end) return '';
  return isUnicode ? readUtf16(bytes, from, from + length) : readText(bytes, from, from + length);
}

function readTargetInfo(
  bytes: Uint8Array,
  base: number,
  end: number,
): { computerName: string; domainName: string; dnsComputerName: string; dnsDomainName: string } {
  const names = { computerName: '', domainName: '', dnsComputerName: '', dnsDomainName: '' };
  let at = base + u32le(bytes, base + 44);
  const stop = Math.min(end, at + u16le(bytes, base + 40));
  for (let count = 0; count < MAX_PAIRS && stop - at >= 4; count++) {
    const id = u16le(bytes, at);
    const length = u16le(bytes, at + 2);
    if (id === PAIR.end || length > stop - at - 4) break;
    const value = readUtf16(bytes, at + 4, at + 4 + Math.min(length, MAX_NAME_BYTES));
    if (id === PAIR.computer) names.computerName = value;
    else if (id === PAIR.domain) names.domainName = value;
    else if (id === PAIR.dnsComputer) names.dnsComputerName = value;
    else if (id === PAIR.dnsDomain) names.dnsDomainName = value;
    at += 4 + length;
  }
  return names;
}

/** UTF-16LE, as text in SMB is, up to a NUL. */
export function readUtf16(bytes: Uint8Array, start: number, end: number): string {
  let stop = start;
  while (stop + 1 < end && (bytes[stop] !== 0 || bytes[stop + 1] !== 0)) stop += 2;
  return utf16.decode(bytes.subarray(start, stop));
}
