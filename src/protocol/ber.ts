/** BER as SNMP uses it (X.690): definite lengths, tags of one byte. A value is a range; nothing is copied. */
import { MAX_TEXT_BYTES } from '../bytes/text.ts';

/** One tag, length and value; the caller owns one and reuses it. */
export interface BerValue {
  tag: number;
  /** Range of the content. */
  start: number;
  end: number;
}

export const BER = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const;

/** Sub-identifiers of one object identifier that are read. */
const MAX_OID_PARTS = 64;

/** Reads the value at `at`; false when it does not lie whole in `[at, end)`. */
export function readBer(bytes: Uint8Array, at: number, end: number, out: BerValue): boolean {
  if (end - at < 2) return false;
  out.tag = bytes[at]!;
  let length = bytes[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4 || end - start < size) return false;
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + bytes[start + i]!;
    start += size;
  }
  if (length > end - start) return false;
  out.start = start;
  out.end = start + length;
  return true;
}

/** As `readBer`, and false when the value has another tag. */
export function readBerOf(tag: number, bytes: Uint8Array, at: number, end: number, out: BerValue): boolean {
  return readBer(bytes, at, end, out) && out.tag === tag;
}

/** An integer of up to six bytes, signed; 0 when it is longer or empty. */
export function readBerInteger(bytes: Uint8Array, value: BerValue): number {
  const length = value.end - value.start;
  if (length < 1 || length > 6) return 0;
  let number = bytes[value.start]! < 0x80 ? 0 : -1;
  for (let at = value.start; at < value.end; at++) number = number * 256 + bytes[at]!;
  return number;
}

/** `1.3.6.1…`; '' when it is malformed. */
export function readBerOid(bytes: Uint8Array, value: BerValue): string {
  if (value.end <= value.start) return '';
  let text = '';
  let part = 0;
  let count = 0;
  for (let at = value.start; at < value.end && count < MAX_OID_PARTS; at++) {
    part = part * 128 + (bytes[at]! & 0x7f);
    if (part > 0xffff_ffff) return '';
    if (bytes[at]! >= 0x80) continue;
    if (count === 0) {
      const root = Math.min(2, Math.floor(part / 40));
      text = `${root}.${part - root * 40}`;
    } else text += `.${part}`;
    part = 0;
    count++;
  }
  return text.length <= MAX_TEXT_BYTES ? text : '';
}
