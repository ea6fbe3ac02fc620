/** Bytes as lower-case hex text. */

/** Longest range written as hex, in bytes. */
export const MAX_HEX_BYTES = 128;

const HEX2: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** `bytes[start, end)` as hex, at most `maxBytes` of it. */
export function formatHex(bytes: Uint8Array, start: number, end: number, maxBytes = MAX_HEX_BYTES): string {
  const stop = Math.min(end, bytes.length, start + maxBytes);
  let text = '';
  for (let i = start; i < stop; i++) text += HEX2[bytes[i]!];
  return text;
}
