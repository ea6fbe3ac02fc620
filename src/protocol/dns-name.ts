/**
 * Domain names on the wire, with compression (RFC 1035, 3.1 and 4.1.4). A pointer must lead to before the start of the
 * labels that it ends, so every chain is finite; names that are not ASCII are read as UTF-8, as mDNS writes them.
 */
import { readFrequentText } from '../bytes/text-cache.ts';

/** Bytes of a name on the wire, RFC 1035, 2.3.4. */
const MAX_NAME_BYTES = 255;
const DOT = 0x2e;

/** Labels joined by dots: one decoding per name, not one per label. */
const joined = Buffer.alloc(MAX_NAME_BYTES + 1);

/** Result of `readName`; the caller owns one and reuses it. */
export interface NameResult {
  name: string;
  /** Offset after the name where it stands; -1 when the name is malformed. */
  next: number;
}

/** Reads the name at `at` of the message `[start, end)`. On malformed input `name` holds the labels before the fault. */
export function readName(bytes: Uint8Array, start: number, at: number, end: number, out: NameResult): void {
  let length = 0;
  let used = 0;
  let next = -1;
  let segment = at;
  out.next = -1;
  for (;;) {
    if (at >= end) break;
    const head = bytes[at]!;
    if (head === 0) {
      out.next = next < 0 ? at + 1 : next;
      break;
    }
    if (head >= 0xc0) {
      if (at + 2 > end) break;
      const target = start + (((head & 0x3f) << 8) | bytes[at + 1]!);
      if (target >= segment) break;
      if (next < 0) next = at + 2;
      at = target;
      segment = target;
      continue;
    }
    length += head + 1;
    if (head > 63 || at + 1 + head > end || length > MAX_NAME_BYTES) break;
    if (used > 0) joined[used++] = DOT;
    for (let i = 1; i <= head; i++) joined[used++] = bytes[at + i]!;
    at += 1 + head;
  }
  out.name = readFrequentText(joined, 0, used);
}
