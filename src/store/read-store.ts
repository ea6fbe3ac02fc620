import { LanscopeError } from '../bytes/error.ts';
import type { StoreData } from './schema.ts';
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
  const [{ Compile }, { StoreSchema }] = await Promise.all([import('typebox/schema'), import('./schema.ts')]);
  const validator = Compile(StoreSchema);
  if (!validator.Check(value)) {
    const [, errors] = validator.Errors(value);
    throw damaged(`${errors[0]?.instancePath ?? ''} ${errors[0]?.message ?? 'does not fit'}`);
  }
  return value;
}
