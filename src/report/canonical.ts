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
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return canonicalScalar(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort(compareText)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Pieces of the RFC 8785 form of `object` without the members named in `skip`. */
export function* canonicalChunks(object: object, skip: ReadonlySet<string> = new Set()): Generator<string> {
  let separator = '{';
  for (const key of Object.keys(object).sort(compareText)) {
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined || skip.has(key)) continue;
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

function canonicalScalar(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`a report holds finite numbers only, not ${value}`);
  }
  return JSON.stringify(value) ?? 'null';
}
