/**
 * QUIC packets with a long header (RFC 9000, section 17.2; the invariants of RFC 8999), and how Google's own QUIC before it
 * is told. Ignored on purpose: short headers, tokens.
 */
import { u16, u32 } from '../bytes/endian.ts';
import type { Cursor } from '../bytes/cursor.ts';

const LONG_HEADER = 0x80;
const FIXED_BIT = 0x40;
const MAX_CONNECTION_ID = 20;

/** Offsets into the bytes that were read. */
export interface LongHeader {
  readonly start: number;
  readonly version: number;
  /** The two type bits, whose meaning depends on the version. */
  readonly type: number;
  readonly destinationIdStart: number;
  readonly destinationIdEnd: number;
}

/** The version-independent part of the header at the cursor; null when it is no long header. */
export function readLongHeader(cursor: Cursor): LongHeader | null {
  const start = cursor.offset;
  const first = cursor.readU8();
  const version = cursor.readU32();
  const destinationLength = cursor.readU8();
  const destinationIdStart = cursor.take(destinationLength);
  const sourceLength = cursor.readU8();
  cursor.skip(sourceLength);
  if (!cursor.ok || (first & LONG_HEADER) === 0 || !isQuicVersion(version)) return null;
  if ((first & FIXED_BIT) === 0 && version !== 0) return null;
  if (destinationLength > MAX_CONNECTION_ID || sourceLength > MAX_CONNECTION_ID) return null;
  return {
    start,
    version,
    type: (first >>> 4) & 3,
    destinationIdStart,
    destinationIdEnd: destinationIdStart + destinationLength,
  };
}

/** Versions in use: 1, 2, drafts, negotiation, reserved (`?a?a?a?a`), Google's `Q0..` and `T0..`, Facebook's `face..`. */
export function isQuicVersion(version: number): boolean {
  return (
    version <= 1 ||
    version === 0x6b3343cf ||
    version >>> 8 === 0xff0000 ||
    version >>> 16 === 0xface ||
    version >>> 16 === 0x5130 ||
    version >>> 16 === 0x5430 ||
    (version & 0x0f0f0f0f) === 0x0a0a0a0a
  );
}

/** Google QUIC up to Q043: public header with an 8-byte connection id and a version. */
export function isGoogleQuic(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 14 || (bytes[start]! & 0xc9) !== 0x09) return false;
  return u16(bytes, start + 9) === 0x5130 && (u32(bytes, start + 9) & 0xf0f0) === 0x3030;
}

/** A variable-length integer (RFC 9000, section 16); the largest lose precision, which no length needs. */
export function readVarint(cursor: Cursor): number {
  const first = cursor.readU8();
  switch (first >>> 6) {
    case 0:
      return first;
    case 1:
      return ((first & 0x3f) << 8) | cursor.readU8();
    case 2:
      return ((first & 0x3f) << 24) | cursor.readU24();
    default: {
      const high = ((first & 0x3f) << 24) | cursor.readU24();
      return high * 0x1_0000_0000 + cursor.readU32();
    }
  }
}
