/**
 * SMB 1 (MS-CIFS, MS-SMB) and SMB 2/3 (MS-SMB2) over TCP 445 and NetBIOS sessions (RFC 1002, section 4.3): dialects, and the
 * NTLM messages of session setup, which name computers and Windows builds. Ignored on purpose: everything after session
 * setup, file names, signing keys.
 */
import { u16le, u24, u32 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { observeNtlm, readUtf16 } from './ntlm.ts';

const SMB1_MAGIC = 0xff534d42;
const SMB2_MAGIC = 0xfe534d42;
const SESSION = { message: 0x00, request: 0x81, positive: 0x82 } as const;
const SMB1 = { negotiate: 0x72, sessionSetup: 0x73, headerBytes: 32 } as const;
const SMB2 = { negotiate: 0, sessionSetup: 1, headerBytes: 64 } as const;
const FLAG_RESPONSE = 0x80;
const FLAG2_UNICODE = 0x8000;
const MAX_MESSAGES = 6;
const MAX_MESSAGE_BYTES = 0x1_0000;
const MAX_DIALECTS = 16;

export interface SmbNegotiateObservation {
  readonly kind: 'smb-negotiate';
  /** 1 or 2 (which is also 3). */
  readonly version: number;
  readonly isResponse: boolean;
  /** SMB 1: names. SMB 2: numbers as `0x0311`. Those offered, or the one chosen. */
  readonly dialects: readonly string[];
}

/** SMB 1 session setup: the operating system and software that a side names. */
export interface SmbNativeObservation {
  readonly kind: 'smb-native';
  readonly isResponse: boolean;
  readonly os: string;
  readonly lanManager: string;
}

function decodeSmb(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  let at = start;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    if (end - at < 4) return 'incomplete';
    const type = bytes[at]!;
    const length = u24(bytes, at + 1) & 0x1ffff;
    const from = at + 4;
    if (length > MAX_MESSAGE_BYTES) return count === 0 ? 'foreign' : 'done';
    if (type === SESSION.request || type === SESSION.positive) {
      if (length > 256) return 'foreign';
    } else {
      if (type !== SESSION.message || length < SMB1.headerBytes) return count === 0 ? 'foreign' : 'done';
      if (end - from < 4) return 'incomplete';
      const magic = u32(bytes, from);
      if (magic !== SMB1_MAGIC && magic !== SMB2_MAGIC) return count === 0 ? 'foreign' : 'done';
      if (end - from < length) return 'incomplete';
      const goesOn =
        magic === SMB1_MAGIC
          ? readSmb1(bytes, from, from + length, start, sink)
          : readSmb2(bytes, from, from + length, start, sink);
      if (!goesOn) return 'done';
    }
    at = from + length;
  }
  return 'done';
}

/** Observes one message; false when session setup is over. `origin`: where offsets of issues count from. */
function readSmb1(bytes: Uint8Array, start: number, end: number, origin: number, sink: MessageSink): boolean {
  const command = bytes[start + 4]!;
  const isResponse = (bytes[start + 9]! & FLAG_RESPONSE) !== 0;
  const isUnicode = (u16le(bytes, start + 10) & FLAG2_UNICODE) !== 0;
  const words = start + SMB1.headerBytes;
  if (end - words < 3) return command === SMB1.negotiate;
  const dataAt = words + 1 + bytes[words]! * 2;
  if (end - dataAt < 2) return command === SMB1.negotiate || command === SMB1.sessionSetup;
  const from = dataAt + 2;
  const claimed = u16le(bytes, dataAt);
  if (claimed > end - from) sink.issue(ISSUE['message/smb-malformed'], from - origin, claimed, end - from);
  const to = Math.min(end, from + claimed);
  if (command === SMB1.negotiate) {
    const dialects = isResponse ? [] : readDialects(bytes, from, to);
    sink.observe({ kind: 'smb-negotiate', version: 1, isResponse, dialects });
    return true;
  }
  if (command !== SMB1.sessionSetup) return false;
  observeNtlm(bytes, from, to, sink, origin);
  // Extended security has the length of its blob as the last word; OS and LAN Manager follow the blob.
  const wordCount = bytes[words]!;
  if (wordCount === 4 || wordCount === 12) {
    const blob = u16le(bytes, words + 1 + (wordCount === 4 ? 6 : 14));
    observeNative(bytes, from + blob, to, start, isUnicode, isResponse, sink);
  }
  return true;
}

function readDialects(bytes: Uint8Array, start: number, end: number): string[] {
  const dialects: string[] = [];
  let at = start;
  while (at < end && bytes[at] === 2 && dialects.length < MAX_DIALECTS) {
    let stop = at + 1;
    while (stop < end && bytes[stop] !== 0) stop++;
    dialects.push(readText(bytes, at + 1, stop, 64));
    at = stop + 1;
  }
  return dialects;
}

function observeNative(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: number,
  isUnicode: boolean,
  isResponse: boolean,
  sink: MessageSink,
): void {
  if (start >= end) return;
  const texts: string[] = [];
  // Unicode texts start at an even offset from the header.
  let at = isUnicode ? start + ((start - header) & 1) : start;
  for (let i = 0; i < 2 && at < end; i++) {
    let stop = at;
    if (isUnicode) while (stop + 1 < end && (bytes[stop] !== 0 || bytes[stop + 1] !== 0)) stop += 2;
    else while (stop < end && bytes[stop] !== 0) stop++;
    const bound = Math.min(stop, at + 256);
    texts.push(isUnicode ? readUtf16(bytes, at, bound) : readText(bytes, at, bound));
    at = stop + (isUnicode ? 2 : 1);
  }
  const [os = '', lanManager = ''] = texts;
  if (os !== '') sink.observe({ kind: 'smb-native', isResponse, os, lanManager });
}

function readSmb2(bytes: Uint8Array, start: number, end: number, origin: number, sink: MessageSink): boolean {
  if (end - start < SMB2.headerBytes + 8) return false;
  const command = u16le(bytes, start + 12);
  const isResponse = (bytes[start + 16]! & 1) !== 0;
  const body = start + SMB2.headerBytes;
  if (command === SMB2.negotiate) {
    const dialects: string[] = [];
    if (isResponse) dialects.push(formatDialect(u16le(bytes, body + 4)));
    else {
      const count = Math.min(u16le(bytes, body + 2), MAX_DIALECTS);
      for (let i = 0; i < count && body + 38 + i * 2 <= end; i++) {
        dialects.push(formatDialect(u16le(bytes, body + 36 + i * 2)));
      }
    }
    sink.observe({ kind: 'smb-negotiate', version: 2, isResponse, dialects });
    return true;
  }
  if (command !== SMB2.sessionSetup) return false;
  observeNtlm(bytes, body, end, sink, origin);
  return true;
}

function formatDialect(dialect: number): string {
  return `0x${dialect.toString(16).padStart(4, '0')}`;
}

function isSmbStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || bytes[start] !== 0) return false;
  const magic = u32(bytes, start + 4);
  return magic === SMB1_MAGIC || magic === SMB2_MAGIC;
}

export const smbDecoder: MessageDecoder = {
  name: 'smb',
  triggers: [{ kind: 'tcp', ports: [445, 139] }],
  scope: 'start',
  probe: isSmbStart,
  decode: (bytes, start, end, _context, sink) => decodeSmb(bytes, start, end, sink),
};
