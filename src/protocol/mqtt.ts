/**
 * MQTT 3.1, 3.1.1 and 5 (OASIS): CONNECT of the client, CONNACK of the server. Ignored on purpose: the password and the user
 * name (only that there is one), the will's message, properties of version 5, everything after.
 */
import { Cursor } from '../bytes/cursor.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { loginOf } from './login.ts';

const CONNECT = 0x10;
const CONNACK = 0x20;
const FLAG = { will: 0x04, password: 0x40, user: 0x80 } as const;
/** Longest CONNECT that is waited for. */
const MAX_CONNECT_BYTES = 8192;

export interface MqttConnectObservation {
  readonly kind: 'mqtt-connect';
  /** 3 for 3.1, 4 for 3.1.1, 5. */
  readonly protocolLevel: number;
  readonly clientId: string;
  readonly keepAliveSeconds: number;
  readonly hasUser: boolean;
  readonly hasPassword: boolean;
  readonly willTopic: string;
}

/** Length after the fixed header; -1 while incomplete, -2 when it is none. */
function readRemainingLength(cursor: Cursor): number {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = cursor.readU8();
    if (!cursor.ok) return -1;
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return value;
  }
  return -2;
}

/** A field with a 16-bit length before it. */
function takeText(cursor: Cursor): string {
  const length = cursor.readU16();
  const at = cursor.take(length);
  return cursor.ok ? readText(cursor.bytes, at, at + length) : '';
}

function decodeMqtt(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  const cursor = new Cursor(bytes, start, end);
  const type = cursor.readU8();
  const length = readRemainingLength(cursor);
  if (type === CONNACK) return decodeConnack(cursor, length, sink);
  if (type !== CONNECT || length < -1 || length > MAX_CONNECT_BYTES) return 'foreign';
  if (length === -1) return 'incomplete';
  if (length < 10) return 'foreign';
  if (cursor.remaining < 8) return 'incomplete';
  if (!isProtocolName(bytes, cursor.offset)) return 'foreign';
  if (cursor.remaining < length) return 'incomplete';
  cursor.reset(bytes, cursor.offset, cursor.offset + length);
  takeText(cursor);
  const protocolLevel = cursor.readU8() & 0x7f;
  const flags = cursor.readU8();
  const keepAliveSeconds = cursor.readU16();
  if (protocolLevel === 5) skipProperties(cursor);
  const clientId = takeText(cursor);
  let willTopic = '';
  if ((flags & FLAG.will) !== 0) {
    if (protocolLevel === 5) skipProperties(cursor);
    willTopic = takeText(cursor);
    takeText(cursor);
  }
  const hasUser = (flags & FLAG.user) !== 0;
  const hasPassword = (flags & FLAG.password) !== 0;
  const user = hasUser ? takeText(cursor) : '';
  const password = hasPassword ? takeText(cursor) : '';
  if (!cursor.ok) sink.issue(ISSUE['message/mqtt-malformed'], 0, length, end - start);
  sink.observe({
    kind: 'mqtt-connect',
    protocolLevel,
    clientId,
    keepAliveSeconds,
    hasUser,
    hasPassword,
    willTopic,
  });
  if (cursor.ok && (hasUser || hasPassword)) sink.observe(loginOf('mqtt', user, password));
  return 'done';
}

function decodeConnack(cursor: Cursor, length: number, sink: MessageSink): DecodeResult {
  if (length < 2 || length > 256) return 'foreign';
  if (cursor.remaining < 2) return 'incomplete';
  const isPlain = (cursor.readU8() & 0xfe) === 0;
  const code = cursor.readU8();
  if (!isPlain) return 'foreign';
  sink.observe({ kind: 'login-result', protocol: 'mqtt', isAccepted: code === 0 });
  return 'done';
}

function skipProperties(cursor: Cursor): void {
  const length = readRemainingLength(cursor);
  cursor.skip(length);
}

/** `MQTT`, or `MQIsdp` of version 3.1, with its length. */
function isProtocolName(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0 || bytes[at + 2] !== 0x4d || bytes[at + 3] !== 0x51) return false;
  return bytes[at + 1] === 4 ? bytes[at + 4] === 0x54 && bytes[at + 5] === 0x54 : bytes[at + 1] === 6;
}

function isMqttStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12 || bytes[start] !== CONNECT) return false;
  const name = bytes[start + 1]! < 0x80 ? start + 2 : start + 3;
  return isProtocolName(bytes, name);
}

export const mqttDecoder: MessageDecoder = {
  name: 'mqtt',
  triggers: [{ kind: 'tcp', ports: [1883, 1884] }],
  scope: 'start',
  probe: isMqttStart,
  decode: (bytes, start, end, _context, sink) => decodeMqtt(bytes, start, end, sink),
};
