/**
 * SNMP: version 1 (RFC 1157), 2c (RFC 3416), of version 3 (RFC 3412) the engine id alone.
 * A community is a password: of it only its length is kept, and whether it is one of the two that everybody knows.
 * Ignored on purpose: user names, contact, values other than those that name a device.
 */
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import { BER, type BerValue, readBer, readBerInteger, readBerOf, readBerOid } from './ber.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';

export interface SnmpObservation {
  readonly kind: 'snmp';
  /** 0 for version 1, 1 for 2c, 3. */
  readonly version: number;
  readonly community: 'public' | 'private' | 'other' | '';
  readonly communityBytes: number;
  /** 0 get, 1 get-next, 2 response, 3 set, 4 trap, 5 get-bulk, 6 inform, 7 trap of version 2; -1 for version 3. */
  readonly pduType: number;
  /** Objects named by the message, in order, bounded. */
  readonly objects: readonly string[];
  readonly description: string; // sysDescr
  readonly objectId: string; // sysObjectID, or the enterprise of a version 1 trap
  readonly name: string; // sysName
  readonly location: string; // sysLocation
  /** hrDeviceDescr of the first device: a printer's model. */
  readonly device: string;
  /** Version 3: authoritative engine id as lower-case hex. */
  readonly engineId: string;
}

/** Variable bindings read of one message. */
export const MAX_BINDINGS = 64;
const MAX_OBJECTS = 16;
const PDU = 0xa0;
const PDU_TRAP_V1 = 4;
const SYSTEM = '1.3.6.1.2.1.1.';
const DEVICE_DESCRIPTION = '1.3.6.1.2.1.25.3.2.1.3.';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };
type Seen = Mutable<SnmpObservation>;

const value: BerValue = { tag: 0, start: 0, end: 0 };

export const snmpDecoder: MessageDecoder = {
  name: 'snmp',
  triggers: [{ kind: 'udp', ports: [161, 162] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (!readBerOf(BER.sequence, bytes, start, end, value)) return 'foreign';
    const stop = value.end;
    if (!readBerOf(BER.integer, bytes, value.start, stop, value)) return 'foreign';
    const version = readBerInteger(bytes, value);
    if (version !== 0 && version !== 1 && version !== 3) return 'foreign';
    const seen: Seen = {
      kind: 'snmp',
      version,
      community: '',
      communityBytes: 0,
      pduType: -1,
      objects: [],
      description: '',
      objectId: '',
      name: '',
      location: '',
      device: '',
      engineId: '',
    };
    const fault =
      version === 3 ? readEngine(bytes, value.end, stop, seen) : readPdu(bytes, value.end, stop, seen);
    sink.observe(seen);
    if (fault >= 0) sink.issue(ISSUE['message/snmp-malformed'], fault - start, 0, end - fault);
    if (seen.objects.length >= MAX_OBJECTS) {
      sink.issue(ISSUE['message/message-limit'], 0, MAX_OBJECTS, MAX_OBJECTS);
    }
    return 'done';
  },
};

/** Community and PDU in `[at, end)`. Returns the offset of a fault, or -1. */
function readPdu(bytes: Uint8Array, at: number, end: number, seen: Seen): number {
  if (!readBerOf(BER.octets, bytes, at, end, value)) return at;
  seen.communityBytes = value.end - value.start;
  seen.community = communityClass(bytes, value.start, value.end);
  at = value.end;
  if (!readBer(bytes, at, end, value) || (value.tag & 0xf0) !== PDU) return at;
  seen.pduType = value.tag & 0x0f;
  const stop = value.end;
  at = value.start;
  if (seen.pduType === PDU_TRAP_V1) {
    if (!readBerOf(BER.oid, bytes, at, stop, value)) return at;
    seen.objectId = readBerOid(bytes, value);
    // Agent address, generic and specific trap, time.
    for (let i = 0; i < 4; i++) if (!readBer(bytes, value.end, stop, value)) return at;
  } else {
    // Request id, error status, error index.
    for (let i = 0; i < 3; i++) {
      if (!readBerOf(BER.integer, bytes, at, stop, value)) return at;
      at = value.end;
    }
  }
  at = value.end;
  if (!readBerOf(BER.sequence, bytes, at, stop, value)) return at;
  return readBindings(bytes, value.start, value.end, seen);
}

function communityClass(bytes: Uint8Array, start: number, end: number): SnmpObservation['community'] {
  if (end - start === 6 && startsWith(bytes, start, end, 'public')) return 'public';
  if (end - start === 7 && startsWith(bytes, start, end, 'private')) return 'private';
  return 'other';
}

function readBindings(bytes: Uint8Array, at: number, end: number, seen: Seen): number {
  for (let count = 0; at < end && count < MAX_BINDINGS; count++) {
    if (!readBerOf(BER.sequence, bytes, at, end, value)) return at;
    const next = value.end;
    if (!readBerOf(BER.oid, bytes, value.start, next, value)) return at;
    const oid = readBerOid(bytes, value);
    if (seen.objects.length < MAX_OBJECTS) seen.objects.push(oid);
    if (!readBer(bytes, value.end, next, value)) return at;
    keepValue(bytes, oid, seen);
    at = next;
  }
  return -1;
}

/** Keeps the binding in `value` when it names the device. */
function keepValue(bytes: Uint8Array, oid: string, seen: Seen): void {
  if (value.tag === BER.oid && oid === `${SYSTEM}2.0`) seen.objectId = readBerOid(bytes, value);
  if (value.tag !== BER.octets) return;
  const text = readText(bytes, value.start, value.end);
  if (oid === `${SYSTEM}1.0`) seen.description = text;
  else if (oid === `${SYSTEM}5.0`) seen.name = text;
  else if (oid === `${SYSTEM}6.0`) seen.location = text;
  else if (oid.startsWith(DEVICE_DESCRIPTION) && seen.device === '') seen.device = text;
}

/** Global data, then security parameters whose first field is the engine id. */
function readEngine(bytes: Uint8Array, at: number, end: number, seen: Seen): number {
  if (!readBerOf(BER.sequence, bytes, at, end, value)) return at;
  at = value.end;
  if (!readBerOf(BER.octets, bytes, at, end, value)) return at;
  // Other security models than the user-based one fill in something else.
  if (!readBerOf(BER.sequence, bytes, value.start, value.end, value)) return -1;
  if (!readBerOf(BER.octets, bytes, value.start, value.end, value)) return at;
  seen.engineId = formatHex(bytes, value.start, value.end, 32);
  return -1;
}
