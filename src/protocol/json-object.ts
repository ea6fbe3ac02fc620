/** JSON objects in messages: bounded in size, and read field by field without trust in any type. */
import { MAX_TEXT_BYTES } from '../bytes/text.ts';

/** Bytes of JSON that are parsed; more is taken for foreign. */
export const MAX_JSON_BYTES = 16_384;

export type JsonObject = Readonly<Record<string, unknown>>;

const NOTHING: JsonObject = {};
const OPEN_BRACE = 0x7b;
const decoder = new TextDecoder('utf-8', { fatal: false });

/** The object in `bytes[start, end)`, NULs and blanks around it allowed; null when there is none. */
export function readJsonObject(bytes: Uint8Array, start: number, end: number): JsonObject | null {
  while (start < end && bytes[start]! <= 0x20) start++;
  while (end > start && bytes[end - 1]! <= 0x20) end--;
  if (end - start > MAX_JSON_BYTES || bytes[start] !== OPEN_BRACE || end <= start) return null;
  try {
    return objectOf(JSON.parse(decoder.decode(bytes.subarray(start, end))) as unknown);
  } catch {
    return null;
  }
}

/** The object under `key`; empty when there is none. */
export function objectField(object: JsonObject, key: string): JsonObject {
  return objectOf(fieldOf(object, key)) ?? NOTHING;
}

/** The text under `key`, numbers as written by JavaScript, bounded; '' for everything else. */
export function textField(object: JsonObject, key: string): string {
  const value = fieldOf(object, key);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_BYTES) : '';
}

/** The first of `keys` that has a text. */
export function firstTextField(object: JsonObject, ...keys: readonly string[]): string {
  for (const key of keys) {
    const text = textField(object, key);
    if (text !== '') return text;
  }
  return '';
}

export function hasField(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key);
}

function fieldOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
