/** NetBIOS names on the wire: first-level encoding in one label of 32 letters, then scope labels (RFC 1001, 14.1). */
import { findByte } from '../bytes/find.ts';
import { readText } from '../bytes/text.ts';

/** A name that was read; the caller owns one and reuses it. */
export interface NetbiosName {
  /** Up to 15 characters, padding removed; `*` is the wildcard. */
  name: string;
  /** The sixteenth byte: 0x00 workstation, 0x20 file server, 0x1b domain master, 0x1c domain controllers, 0x1d master browser. */
  suffix: number;
  /** Offset after the name; -1 when it is malformed. */
  next: number;
}

const ENCODED_BYTES = 32;
const NAME_BYTES = 15;
const LETTER_A = 0x41;
const SPACE = 0x20;
const MAX_SCOPE_LABELS = 16;
const plain = new Uint8Array(NAME_BYTES + 1);

/** Reads the name at `at`; a scope is skipped. */
export function readNetbiosName(bytes: Uint8Array, at: number, end: number, out: NetbiosName): void {
  out.name = '';
  out.suffix = 0;
  out.next = -1;
  if (end - at < ENCODED_BYTES + 2 || bytes[at] !== ENCODED_BYTES) return;
  for (let i = 0; i <= NAME_BYTES; i++) {
    const high = bytes[at + 1 + i * 2]! - LETTER_A;
    const low = bytes[at + 2 + i * 2]! - LETTER_A;
    if (high < 0 || high > 15 || low < 0 || low > 15) return;
    plain[i] = high * 16 + low;
  }
  at += 1 + ENCODED_BYTES;
  for (let count = 0; count < MAX_SCOPE_LABELS && at < end; count++) {
    const length = bytes[at]!;
    if (length === 0) {
      out.name = readPlainName(plain, 0);
      out.suffix = plain[NAME_BYTES]!;
      out.next = at + 1;
      return;
    }
    if (length > 63) return;
    at += 1 + length;
  }
}

/**
 * The fifteen characters at `at`, up to a NUL, without the blanks that fill them up. Senders leave old bytes behind the
 * NUL. The caller vouches for the range.
 */
export function readPlainName(bytes: Uint8Array, at: number): string {
  const nul = findByte(bytes, 0, at, at + NAME_BYTES);
  let stop = nul < 0 ? at + NAME_BYTES : nul;
  while (stop > at && bytes[stop - 1] === SPACE) stop--;
  return readText(bytes, at, stop);
}
