/**
 * SSH (RFC 4253): the version line (section 4.2) and the algorithm lists of KEXINIT (section 7.1). Ignored on purpose:
 * cookie, languages, everything after KEXINIT; lines that a server says before its version are skipped.
 */
import { Cursor } from '../bytes/cursor.ts';
import { readText } from '../bytes/text.ts';
import { u32 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { startsWith } from './header-fields.ts';

const MAX_LINE_BYTES = 255;
const MAX_PACKET_BYTES = 35_000;
/** One list of names is 1 to 2 kB in real clients. */
const MAX_NAME_LIST_BYTES = 4096;
const KEXINIT = 20;
const COOKIE_BYTES = 16;
const LF = 10;
const CR = 13;

/** `SSH-protoversion-softwareversion comments`. */
export interface SshVersionObservation {
  readonly kind: 'ssh-version';
  readonly isClient: boolean;
  readonly protocolVersion: string;
  /** Software and comments, which often name the operating system. */
  readonly software: string;
}

/** Lists of names as they were sent, comma-separated: the input of HASSH. */
export interface SshKexInitObservation {
  readonly kind: 'ssh-kexinit';
  readonly isClient: boolean;
  readonly kexAlgorithms: string;
  readonly hostKeyAlgorithms: string;
  readonly encryptionClientToServer: string;
  readonly encryptionServerToClient: string;
  readonly macClientToServer: string;
  readonly macServerToClient: string;
  readonly compressionClientToServer: string;
  readonly compressionServerToClient: string;
}

function decodeSsh(
  bytes: Uint8Array,
  start: number,
  end: number,
  isClient: boolean,
  sink: MessageSink,
): DecodeResult {
  if (!startsWith(bytes, start, end, 'SSH-')) {
    return end - start < 4 && startsWith(bytes, start, end, 'SSH-'.slice(0, end - start))
      ? 'incomplete'
      : 'foreign';
  }
  let lineEnd = start;
  while (lineEnd < end && lineEnd - start < MAX_LINE_BYTES && bytes[lineEnd] !== LF) lineEnd++;
  if (lineEnd === end) return end - start < MAX_LINE_BYTES ? 'incomplete' : 'foreign';
  if (bytes[lineEnd] !== LF) return 'foreign';
  const line = readText(bytes, start, bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
  const match = /^SSH-([\d.]{1,8})-(.*)$/s.exec(line);
  if (match === null) return 'foreign';
  sink.observe({ kind: 'ssh-version', isClient, protocolVersion: match[1]!, software: match[2]! });
  return match[1]!.startsWith('1.') && match[1] !== '1.99'
    ? 'done'
    : decodeKexInit(bytes, lineEnd + 1, end, isClient, sink);
}

function decodeKexInit(
  bytes: Uint8Array,
  start: number,
  end: number,
  isClient: boolean,
  sink: MessageSink,
): DecodeResult {
  if (end - start < 6) return 'incomplete';
  const length = u32(bytes, start);
  if (length < 2 || length > MAX_PACKET_BYTES || bytes[start + 5] !== KEXINIT) return 'done';
  if (end - start - 4 < length) return 'incomplete';
  const padding = bytes[start + 4]!;
  const cursor = new Cursor(bytes, start + 6, Math.max(start + 6, start + 4 + length - padding));
  cursor.skip(COOKIE_BYTES);
  const lists: string[] = [];
  for (let i = 0; i < 8; i++) {
    const size = cursor.readU32();
    const at = cursor.take(size);
    if (cursor.ok && size <= MAX_NAME_LIST_BYTES)
      lists.push(readText(bytes, at, at + size, MAX_NAME_LIST_BYTES));
  }
  if (!cursor.ok || lists.length < 8) {
    sink.issue(ISSUE['message/ssh-malformed'], cursor.offset - start, length, end - start);
    return 'done';
  }
  sink.observe({
    kind: 'ssh-kexinit',
    isClient,
    kexAlgorithms: lists[0]!,
    hostKeyAlgorithms: lists[1]!,
    encryptionClientToServer: lists[2]!,
    encryptionServerToClient: lists[3]!,
    macClientToServer: lists[4]!,
    macServerToClient: lists[5]!,
    compressionClientToServer: lists[6]!,
    compressionServerToClient: lists[7]!,
  });
  return 'done';
}

export const sshDecoder: MessageDecoder = {
  name: 'ssh',
  triggers: [{ kind: 'tcp', ports: [22, 2222] }],
  scope: 'start',
  probe: (bytes, start, end) => startsWith(bytes, start, end, 'SSH-'),
  decode: (bytes, start, end, context, sink) => decodeSsh(bytes, start, end, context.fromOriginator, sink),
};
