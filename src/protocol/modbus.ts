/**
 * Modbus/TCP ("MODBUS Messaging on TCP/IP" V1.0b, "MODBUS Application Protocol" V1.1b3): units and functions used, and the
 * texts of Read Device Identification (43/14). Ignored on purpose: register values.
 */
import { u16 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';

const HEADER_BYTES = 7;
/** A PDU has 253 bytes at most; with the unit that is what the length field may say. */
const MAX_LENGTH = 254;
const MAX_MESSAGES = 64;
const MAX_OBJECTS = 8;
const READ_IDENTIFICATION = 0x2b;
const MEI_IDENTIFICATION = 14;
const EXCEPTION = 0x80;

export interface ModbusObservation {
  readonly kind: 'modbus';
  readonly isRequest: boolean;
  readonly unit: number;
  /** Without the exception bit. */
  readonly functionCode: number;
  /** 0 when the answer is none. */
  readonly exceptionCode: number;
}

/** Objects 0 to 6 of an answer to Read Device Identification; '' where one is absent. */
export interface ModbusIdentityObservation {
  readonly kind: 'modbus-identity';
  readonly unit: number;
  readonly vendorName: string;
  readonly productCode: string;
  readonly revision: string;
  readonly vendorUrl: string;
  readonly productName: string;
  readonly modelName: string;
}

function isHeader(bytes: Uint8Array, at: number): boolean {
  const length = u16(bytes, at + 4);
  return u16(bytes, at + 2) === 0 && length >= 2 && length <= MAX_LENGTH;
}

/** Tells each pair of unit and function once. */
function decodeModbus(
  bytes: Uint8Array,
  start: number,
  end: number,
  isRequest: boolean,
  sink: MessageSink,
): DecodeResult {
  const told = new Set<number>();
  let at = start;
  for (let count = 0; count < MAX_MESSAGES; count++) {
    if (end - at < HEADER_BYTES + 1) return 'incomplete';
    const functionCode = bytes[at + 7]!;
    if (!isHeader(bytes, at) || (functionCode & ~EXCEPTION) === 0) {
      if (count === 0) return 'foreign';
      sink.issue(ISSUE['message/modbus-malformed'], at - start, HEADER_BYTES, end - at);
      return 'done';
    }
    const next = at + 6 + u16(bytes, at + 4);
    if (next > end) return 'incomplete';
    const unit = bytes[at + 6]!;
    const isException = !isRequest && (functionCode & EXCEPTION) !== 0;
    const key = (unit << 8) | functionCode;
    if (!told.has(key)) {
      told.add(key);
      sink.observe({
        kind: 'modbus',
        isRequest,
        unit,
        functionCode: isException ? functionCode & 0x7f : functionCode,
        exceptionCode: isException && next - at > 8 ? bytes[at + 8]! : 0,
      });
    }
    if (!isRequest && functionCode === READ_IDENTIFICATION) observeIdentity(bytes, at + 8, next, unit, sink);
    at = next;
  }
  return 'done';
}

function observeIdentity(
  bytes: Uint8Array,
  start: number,
  end: number,
  unit: number,
  sink: MessageSink,
): void {
  if (end - start < 6 || bytes[start] !== MEI_IDENTIFICATION) return;
  const texts: string[] = [];
  const count = Math.min(bytes[start + 5]!, MAX_OBJECTS);
  let at = start + 6;
  for (let i = 0; i < count && end - at >= 2; i++) {
    const id = bytes[at]!;
    const stop = at + 2 + bytes[at + 1]!;
    if (stop > end) break;
    if (id <= 6) texts[id] = readText(bytes, at + 2, stop);
    at = stop;
  }
  sink.observe({
    kind: 'modbus-identity',
    unit,
    vendorName: texts[0] ?? '',
    productCode: texts[1] ?? '',
    revision: texts[2] ?? '',
    vendorUrl: texts[3] ?? '',
    productName: texts[4] ?? '',
    modelName: texts[5] ?? '',
  });
}

export const modbusDecoder: MessageDecoder = {
  name: 'modbus',
  triggers: [{ kind: 'tcp', ports: [502] }],
  scope: 'start',
  decode: (bytes, start, end, context, sink) => decodeModbus(bytes, start, end, context.fromOriginator, sink),
};
