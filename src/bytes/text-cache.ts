/**
 * Texts that were read lately, by their bytes: a network says the same names again and again, and a text that is
 * taken from here is neither decoded nor hashed a second time. Direct mapped, so a newer text displaces an older one;
 * what is returned never depends on it.
 */
import { readText } from './text.ts';

const ENTRIES = 4096;
/** Longer texts are not kept. */
const MAX_BYTES = 64;

const kept = new Uint8Array(ENTRIES * MAX_BYTES);
const lengths = new Uint8Array(ENTRIES);
const texts = new Array<string>(ENTRIES).fill('');

/** As `readText`, for texts that are likely to come again. */
export function readFrequentText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length <= 0 || length > MAX_BYTES || end > bytes.length) return readText(bytes, start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
  const entry = (hash ^ (hash >>> 15)) & (ENTRIES - 1);
  const base = entry * MAX_BYTES;
  if (lengths[entry] === length) {
    let at = 0;
    while (at < length && kept[base + at] === bytes[start + at]) at++;
    if (at === length) return texts[entry]!;
  }
  const text = readText(bytes, start, end);
  lengths[entry] = length;
  for (let at = 0; at < length; at++) kept[base + at] = bytes[start + at]!;
  texts[entry] = text;
  return text;
}
