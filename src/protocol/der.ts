/**
 * DER (X.690), as far as certificates need it: definite lengths, tags of one byte. An element is found inside a range and
 * never reaches beyond it. Ignored on purpose: tags of several bytes and indefinite lengths, which X.509 has no use for.
 */

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  bmpString: 0x1e,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element; `start` and `end` enclose its contents, the next element begins at `end`. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The element at `at` if it lies whole inside `end`, otherwise null. */
export function readDer(bytes: Uint8Array, at: number, end: number): DerElement | null {
  if (end - at < 2) return null;
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) return null;
  let length = bytes[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 3 || end - start < count) return null;
    length = 0;
    for (let i = 0; i < count; i++) length = (length << 8) | bytes[start++]!;
  }
  return length > end - start ? null : { tag, start, end: start + length };
}

/** As `readDer`, and of the given tag. */
export function readDerOf(bytes: Uint8Array, at: number, end: number, tag: number): DerElement | null {
  const element = readDer(bytes, at, end);
  return element?.tag === tag ? element : null;
}

/** Elements in `[start, end)`, `limit` at most; ends at the first that is malformed. */
export function* eachDer(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
): Generator<DerElement> {
  let at = start;
  for (let count = 0; count < limit; count++) {
    const element = readDer(bytes, at, end);
    if (element === null) return;
    yield element;
    at = element.end;
  }
}

/** Epoch seconds of a UTCTime or GeneralizedTime in UTC (RFC 5280, 4.1.2.5); 0 when it is none. */
export function readDerTime(bytes: Uint8Array, element: DerElement): number {
  const isUtc = element.tag === DER.utcTime;
  if (!isUtc && element.tag !== DER.generalizedTime) return 0;
  const digits = isUtc ? 12 : 14;
  if (element.end - element.start !== digits + 1 || bytes[element.end - 1] !== 0x5a) return 0;
  const parts: number[] = [];
  for (let at = element.start; at < element.start + digits; at += 2) {
    const high = bytes[at]! - 0x30;
    const low = bytes[at + 1]! - 0x30;
    if (high < 0 || high > 9 || low < 0 || low > 9) return 0;
    parts.push(high * 10 + low);
  }
  const year = isUtc
    ? (parts[0]! < 50 ? 2000 : 1900) + parts.shift()!
    : parts.shift()! * 100 + parts.shift()!;
  const [month, day, hour, minute, second] = parts as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
