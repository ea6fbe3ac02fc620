import type Type from 'typebox';
import type { TSchema } from 'typebox';
import { LanscopeError } from '../bytes/error.ts';
import { describeMisfit } from '../report/misfit.ts';
import type { StoreData, StoreDataV1 } from './schema.ts';
import { later } from './time-order.ts';
import { STORE_VERSION } from './version.ts';

/** The store in `text`. STORE_DAMAGED when it is none, STORE_TOO_NEW when a later lanscope wrote it. */
export async function readStoreText(text: string, path: string): Promise<StoreData> {
  const damaged = (why: string) => new LanscopeError('STORE_DAMAGED', `the store ${path} is damaged: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(text.trim() === '' ? 'it is empty' : 'it is not whole JSON');
  }
  const version = (value as { storeVersion?: unknown } | null)?.storeVersion;
  if (typeof version !== 'number') throw damaged('it states no version');
  if (version > STORE_VERSION) {
    throw new LanscopeError(
      'STORE_TOO_NEW',
      `the store ${path} has version ${version}, and this lanscope knows versions up to ${STORE_VERSION}`,
      'Update lanscope, or use another file with --db',
    );
  }
  const [{ Compile }, { StoreSchema, StoreSchemaV1 }] = await Promise.all([
    import('typebox/schema'),
    import('./schema.ts'),
  ]);
  const fitting = <T extends TSchema>(schema: T): Type.Static<T> => {
    const validator = Compile(schema);
    if (validator.Check(value)) return value;
    const [, errors] = validator.Errors(value);
    throw damaged(describeMisfit(errors));
  };
  return version === 1 ? upgrade(fitting(StoreSchemaV1)) : fitting(StoreSchema);
}

/** No entry is taken for older than it may be: all count as saved by the latest save. */
function upgrade({ captures, devices, findings }: StoreDataV1): StoreData {
  const savedAt = captures.reduce((last, capture) => later(last, capture.savedAt), '');
  return {
    storeVersion: STORE_VERSION,
    captures,
    devices: devices.map((entry) => ({ savedAt, entry })),
    findings: findings.map((entry) => ({ savedAt, entry })),
  };
}
