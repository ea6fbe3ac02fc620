/**
 * What lanscope remembers between runs: devices, identities and findings, in one file that is always whole, has one
 * writer at a time, and stays within stated bounds (see merge.ts).
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Low } from 'lowdb';
import { LanscopeError } from '../bytes/error.ts';
import type { Report } from '../report/schema.ts';
import { unwritable } from './atomic-file.ts';
import { DurableFile } from './durable-file.ts';
import { lockStore } from './lock.ts';
import { DEFAULT_RETENTION, emptyStore, holdsReport, mergeReport, type Retention } from './merge.ts';
import type { StoreData } from './schema.ts';

export interface StoreOptions {
  /** Told, in one line, what a person should know. */
  readonly onNotice?: (text: string) => void;
  readonly retention?: Retention;
}

/** The store at `path`. INPUT_NOT_FOUND when there is none, STORE_DAMAGED, STORE_TOO_NEW. */
export async function readStore(
  path: string,
  { onNotice = () => {} }: StoreOptions = {},
): Promise<StoreData> {
  const data = await new DurableFile(path, { writable: false, onNotice }).read();
  if (data === null) {
    throw new LanscopeError(
      'INPUT_NOT_FOUND',
      `there is no store at ${path} yet`,
      'Save an analysis with `lanscope analyze <capture> --save`, or read a report with --report FILE',
    );
  }
  return data;
}

/**
 * Remembers a report; false when the store held it already. STORE_LOCKED when another process writes for longer than
 * a moment, STORE_DAMAGED, STORE_TOO_NEW, OUTPUT_UNWRITABLE.
 */
export async function saveReport(
  path: string,
  report: Report,
  savedAt: string,
  { onNotice = () => {}, retention = DEFAULT_RETENTION }: StoreOptions = {},
): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(path, error);
  }
  const unlock = await lockStore(path);
  try {
    const db = new Low<StoreData>(new DurableFile(path, { writable: true, onNotice }), emptyStore());
    await db.read();
    if (holdsReport(db.data, report)) return false;
    db.data = mergeReport(db.data, report, savedAt, retention);
    await db.write();
    return true;
  } finally {
    await unlock();
  }
}
