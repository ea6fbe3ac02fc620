/**
 * Canonical JSON and the digest of a report.
 *
 * `canonicalChunks` yields the RFC 8785 (JCS) form: keys sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript prints them. `reportChunks` yields the form that is written to files and standard output: keys in the
 * order of the schema, two spaces, a final newline. Both come in pieces, one per entry of a top-level list, so that a
 * report never has to fit into one string.
 */
import { createHash } from 'node:crypto';
import { compareText } from '../bytes/order.ts';
import type { Report } from './schema.ts';

/** Members of a report that its digest does not cover. */
const OUTSIDE_DIGEST: ReadonlySet<string> = new Set(['digest', 'run']);

/** The RFC 8785 form of a JSON value. Members that are `undefined` are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return canonicalScalar(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  for (const key of sortedKeys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Pieces of the RFC 8785 form of `object` without the members named in `skip`. */
export function* canonicalChunks(object: object, skip: ReadonlySet<string> = new Set()): Generator<string> {
  let separator = '{';
  for (const key of sortedKeys(object)) {
    if (skip.has(key)) continue;
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (!Array.isArray(value)) {
      yield canonicalJson(value);
      continue;
    }
    yield '[';
    for (let i = 0; i < value.length; i++) yield (i > 0 ? ',' : '') + canonicalJson(value[i]);
    yield ']';
  }
  yield separator === '{' ? '{}' : '}';
}

/** SHA-256, lower-case hex, of the RFC 8785 form of the report without `digest` and `run`. */
export function reportDigest(report: Omit<Report, 'digest' | 'run'>): string {
  const hash = createHash('sha256');
  for (const chunk of canonicalChunks(report, OUTSIDE_DIGEST)) hash.update(chunk);
  return hash.digest('hex');
}

/** Pieces of the written form: the same text as `JSON.stringify(report, null, 2)` and a newline. */
export function* reportChunks(report: object): Generator<string> {
  let separator = '{\n';
  for (const [key, value] of Object.entries(report) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${separator}  ${JSON.stringify(key)}: `;
    separator = ',\n';
    if (!Array.isArray(value) || value.length === 0) {
      yield indented(value, '  ');
      continue;
    }
    for (let i = 0; i < value.length; i++) yield `${i === 0 ? '[' : ','}\n    ${indented(value[i], '    ')}`;
    yield '\n  ]';
  }
  yield separator === '{\n' ? '{}\n' : '\n}\n';
}

/** JSON with two-space indent whose later lines start at `margin`. JSON text holds no newline of its own. */
function indented(value: unknown, margin: string): string {
  return (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${margin}`);
}

/** Text that JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Sorted keys by the keys as they come: a report has thousands of objects and a dozen shapes. */
const keyOrders = new Map<string, readonly string[]>();
const MAX_KEY_ORDERS = 256;

function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length < 2) return keys;
  // A quote cannot be part of a plain key.
  const shape = keys.every((key) => PLAIN.test(key)) ? keys.join('"') : '';
  const known = shape === '' ? undefined : keyOrders.get(shape);
  if (known !== undefined) return known;
  keys.sort(compareText);
  if (shape !== '' && keyOrders.size < MAX_KEY_ORDERS) keyOrders.set(shape, keys);
  return keys;
}

function canonicalScalar(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`a report holds finite numbers only, not ${value}`);
  }
  return JSON.stringify(value) ?? 'null';
}
