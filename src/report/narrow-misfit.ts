/**
 * What of a large value does not fit its schema. The checker that tells errors looks at all of a value, however many it has
 * found: for a broken report of 30 MB that took half a minute. So the smallest part that does not fit is found first, by the
 * compiled checker, which stops at the first.
 */
import { Compile, Errors } from 'typebox/schema';
import { describeMisfit } from './misfit.ts';

/** The keywords of JSON Schema that lead to parts. */
interface Schema {
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

interface Part {
  readonly schema: Schema;
  readonly value: unknown;
  /** JSON pointer (RFC 6901). */
  readonly place: string;
}

/** Members of the part that are looked at besides those that the schema names. */
const MAX_MEMBERS = 64;

export function describeMisfitOf(schema: object, value: unknown): string {
  let part: Part = { schema, value, place: '' };
  for (let inner = misfitWithin(part); inner !== null; inner = misfitWithin(part)) part = inner;
  const [, errors] = Errors(withoutParts(part.schema), begin(part));
  return describeMisfit(
    errors.map((error) => ({ ...error, instancePath: `${part.place}${error.instancePath}` })),
  );
}

/** The first part of this one that does not fit by itself; null when they all do, so that it is the whole. */
function misfitWithin({ schema, value, place }: Part): Part | null {
  const isMisfit = (inner: Schema, of: unknown): boolean => !Compile(inner).Check(of);
  if (Array.isArray(value)) {
    if (schema.items === undefined) return null;
    const checker = Compile(schema.items);
    const at = value.findIndex((item) => !checker.Check(item));
    return at < 0 ? null : { schema: schema.items, value: value[at], place: `${place}/${at}` };
  }
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Readonly<Record<string, unknown>>;
  const partAt = (key: string, inner: Schema): Part => ({
    schema: inner,
    value: record[key],
    place: `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  });
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(record, key) && isMisfit(inner, record[key])) return partAt(key, inner);
  }
  for (const [pattern, inner] of Object.entries(schema.patternProperties ?? {})) {
    const [checker, named] = [Compile(inner), new RegExp(pattern, 'u')];
    for (const key in record) {
      if (named.test(key) && !checker.Check(record[key])) return partAt(key, inner);
    }
  }
  return null;
}

/** The schema of an object, when all that it names is known to fit. */
function withoutParts(schema: Schema): object {
  if (schema.properties === undefined) return schema;
  const names = Object.keys(schema.properties);
  return { ...schema, properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

/** As much of a list or an object as shows what is wrong with the whole: all named members, and some others. */
function begin({ schema, value }: Part): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(schema.properties ?? {}).filter((name) => Object.hasOwn(record, name));
  const kept = Object.fromEntries(names.map((name) => [name, record[name]]));
  let others = 0;
  for (const key in record) {
    if (Object.hasOwn(kept, key)) continue;
    if (++others > MAX_MEMBERS) break;
    kept[key] = record[key];
  }
  return kept;
}
