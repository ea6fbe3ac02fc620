/**
 * BACnet/IP (ASHRAE 135, annex J; clauses 6, 16.10 and 20.1): I-Am, I-Have, and answers to ReadProperty that hold a text
 * which says what the device is. Ignored on purpose: segmented messages, ReadPropertyMultiple, values of points, routing
 * apart from skipping its addresses.
 */
import { u16 } from '../bytes/endian.ts';
import { Cursor } from '../bytes/cursor.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';

const BVLC_TYPE = 0x81;
const BVLC = { forwarded: 0x04, broadcast: 0x09, originalUnicast: 0x0a, originalBroadcast: 0x0b } as const;
const NPDU = { networkMessage: 0x80, destination: 0x20, source: 0x08 } as const;
const PDU = { unconfirmed: 1, complexAck: 3 } as const;
const SERVICE = { iAm: 0, readProperty: 12 } as const;
const TAG = { unsigned: 2, characterString: 7, enumerated: 9, objectId: 12 } as const;
/** Properties that are texts about the device. */
const TEXT_PROPERTY: ReadonlySet<number> = new Set([12, 28, 44, 58, 70, 77, 121]);

export interface BacnetIAmObservation {
  readonly kind: 'bacnet-i-am';
  readonly instance: number;
  readonly maxApduBytes: number;
  /** Number of the vendor in ASHRAE's list. */
  readonly vendorId: number;
}

/** One text property of a device: 77 object name, 70 model name, 121 vendor name, 44 firmware, 12 application software … */
export interface BacnetTextObservation {
  readonly kind: 'bacnet-text';
  readonly property: number;
  readonly text: string;
}

function decodeBacnet(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  if (end - start < 6 || bytes[start] !== BVLC_TYPE || u16(bytes, start + 2) > end - start) return 'foreign';
  const operation = bytes[start + 1]!;
  const cursor = new Cursor(bytes, start + 4, start + u16(bytes, start + 2));
  if (operation === BVLC.forwarded) cursor.skip(6);
  else if (operation < BVLC.broadcast || operation > BVLC.originalBroadcast)
    return operation <= 0x0c ? 'done' : 'foreign';
  if (cursor.readU8() !== 1) return 'foreign';
  const control = cursor.readU8();
  if ((control & NPDU.destination) !== 0) {
    cursor.skip(2);
    cursor.skip(cursor.readU8());
  }
  if ((control & NPDU.source) !== 0) {
    cursor.skip(2);
    cursor.skip(cursor.readU8());
  }
  if ((control & NPDU.destination) !== 0) cursor.skip(1);
  if (!cursor.ok) {
    sink.issue(ISSUE['message/bacnet-malformed'], 4, cursor.end - start, end - start);
    return 'done';
  }
  if ((control & NPDU.networkMessage) === 0) decodeApdu(cursor, sink);
  return 'done';
}

function decodeApdu(cursor: Cursor, sink: MessageSink): void {
  const first = cursor.readU8();
  const type = first >>> 4;
  if (type === PDU.unconfirmed && cursor.readU8() === SERVICE.iAm) decodeIAm(cursor, sink);
  // A segmented answer has its flag in bit 3.
  if (type === PDU.complexAck && (first & 8) === 0) {
    cursor.skip(1);
    if (cursor.readU8() === SERVICE.readProperty) decodeReadProperty(cursor, sink);
  }
}

/** An unsigned number of an application tag; -1 when it is of another type. */
function readNumber(cursor: Cursor, tag: number): number {
  const head = cursor.readU8();
  const length = head & 7;
  if (head >>> 4 !== tag || (head & 8) !== 0 || length === 0 || length > 4) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + cursor.readU8();
  return cursor.ok ? value : -1;
}

function decodeIAm(cursor: Cursor, sink: MessageSink): void {
  const object = readNumber(cursor, TAG.objectId);
  const maxApduBytes = readNumber(cursor, TAG.unsigned);
  readNumber(cursor, TAG.enumerated);
  const vendorId = readNumber(cursor, TAG.unsigned);
  if (object < 0 || vendorId < 0) return;
  sink.observe({ kind: 'bacnet-i-am', instance: object & 0x3fffff, maxApduBytes, vendorId });
}

/** Object (context 0), property (context 1), value between the tags 0x3e and 0x3f. */
function decodeReadProperty(cursor: Cursor, sink: MessageSink): void {
  if (cursor.readU8() !== 0x0c) return;
  cursor.skip(4);
  const head = cursor.readU8();
  const property = head === 0x19 ? cursor.readU8() : head === 0x1a ? cursor.readU16() : -1;
  if (!TEXT_PROPERTY.has(property) || cursor.readU8() !== 0x3e) return;
  const tag = cursor.readU8();
  if (tag >>> 4 !== TAG.characterString || (tag & 8) !== 0) return;
  let length = tag & 7;
  if (length === 5) length = cursor.readU8();
  if (length === 254) length = cursor.readU16();
  const encoding = cursor.readU8();
  const at = cursor.take(length - 1);
  if (!cursor.ok || encoding !== 0) return;
  sink.observe({ kind: 'bacnet-text', property, text: readText(cursor.bytes, at, at + length - 1) });
}

export const bacnetDecoder: MessageDecoder = {
  name: 'bacnet',
  triggers: [{ kind: 'udp', ports: [47_808] }],
  scope: 'every',
  decode: (bytes, start, end, _context, sink) => decodeBacnet(bytes, start, end, sink),
};
