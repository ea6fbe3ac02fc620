/** Just enough of protocol buffers to read a model file: fields of one message, bounded. */

/** Fields looked at in one message: those of a model are a handful, and a list of texts has one for each. */
const MAX_FIELDS = 65_536;

export interface Field {
  readonly number: number;
  /** Value of a varint; 0 for any other. */
  readonly value: number;
  /** Content of a length-delimited field, or the four bytes of a single; empty otherwise. */
  readonly bytes: Uint8Array;
}

/** Numbers in one list: as many as a list of texts may have. */
const MAX_NUMBERS = MAX_FIELDS;

const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder();

/** The fields of a message in their order; null when the bytes are none. */
export function readFields(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (fields.length >= MAX_FIELDS) return null;
    const key = readVarint(bytes, at);
    if (key === null) return null;
    at = key.next;
    const number = Math.floor(key.value / 8);
    switch (key.value % 8) {
      case 0: {
        const value = readVarint(bytes, at);
        if (value === null) return null;
        fields.push({ number, value: value.value, bytes: EMPTY });
        at = value.next;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = readVarint(bytes, at);
        if (length === null || length.value > bytes.length - length.next) return null;
        at = length.next + length.value;
        fields.push({ number, value: 0, bytes: bytes.subarray(length.next, at) });
        break;
      }
      case 5:
        fields.push({ number, value: 0, bytes: bytes.subarray(at, at + 4) });
        at += 4;
        break;
      default:
        return null;
    }
    if (number === 0 || at > bytes.length) return null;
  }
  return fields;
}

/** Seven bits a byte, least first, at most ten bytes; beyond 2^53 the value is not exact. */
function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } | null {
  let value = 0;
  let scale = 1;
  for (let n = 0; n < 10; n++) {
    const byte = bytes[at + n];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + n + 1 };
    scale *= 128;
  }
  return null;
}

/** Varints one after the other, added to `into`; false when they end within one, or are more than any forest has. */
export function readPackedInts(bytes: Uint8Array, into: number[]): boolean {
  for (let at = 0; at < bytes.length;) {
    const found = readVarint(bytes, at);
    if (found === null || into.length >= MAX_NUMBERS) return false;
    into.push(found.value);
    at = found.next;
  }
  return true;
}

/** As above for 32-bit floats. */
export function readPackedSingles(bytes: Uint8Array, into: number[]): boolean {
  if (bytes.length % 4 !== 0 || into.length + bytes.length / 4 > MAX_NUMBERS) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 4) into.push(view.getFloat32(at, true));
  return true;
}

export function fieldText(field: Field): string {
  return decoder.decode(field.bytes);
}
