/**
 * What lanscope remembers between runs: devices, identities and findings, in one file that is always whole, has one
 * writer at a time, and stays within stated bounds (see retention.ts).
 */
import { dirname } from 'node:path';
import { Low } from 'lowdb';
import { LanscopeError } from '../bytes/error.ts';
import type { Report, ReportDevice, ReportFinding } from '../report/schema.ts';
import { unwritable } from './atomic-file.ts';
import { DurableFile } from './durable-file.ts';
import { lockStore } from './lock.ts';
import { makeFolder } from '../bytes/make-folder.ts';
import { emptyStore, holdsReport, mergeReport } from './merge.ts';
import { DEFAULT_RETENTION, type Retention } from './retention.ts';
import type { SavedCapture, StoreData } from './schema.ts';

export interface StoreOptions {
  /** Told, in one line, what a person should know. */
  readonly onNotice?: (text: string) => void;
  readonly retention?: Retention;
}

export interface Remembered {
  readonly captures: SavedCapture[];
  readonly devices: ReportDevice[];
  readonly findings: ReportFinding[];
}

/** The store at `path`. INPUT_NOT_FOUND when there is none, STORE_DAMAGED, STORE_TOO_NEW. */
export async function readStore(
  path: string,
  { onNotice = () => {} }: StoreOptions = {},
): Promise<Remembered> {
  const data = await new DurableFile(path, { writable: false, onNotice }).read();
  if (data === null) {
    throw new LanscopeError(
      'INPUT_NOT_FOUND',
      `there is no store at ${path} yet`,
      'Save an analysis with `lanscope analyze <capture> --save`, or read a report with --report FILE',
    );
  }
  return {
    captures: data.captures,
    devices: data.devices.map(({ entry }) => entry),
    findings: data.findings.map(({ entry }) => entry),
  };
}

/**
 * Remembers a report, all of it; false when the store held it already. What the store drops to stay within its
 * bounds is told. STORE_LOCKED when another process writes for longer than
 * a moment, STORE_DAMAGED, STORE_TOO_NEW, OUTPUT_UNWRITABLE.
 */
export async function saveReport(
  path: string,
  report: Report,
  savedAt: string,
  { onNotice = () => {}, retention = DEFAULT_RETENTION }: StoreOptions = {},
): Promise<boolean> {
  try {
    makeFolder(dirname(path), 0o700);
  } catch (error) {
    throw unwritable(path, error);
  }
  const unlock = await lockStore(path);
  try {
    const db = new Low<StoreData>(new DurableFile(path, { writable: true, onNotice }), emptyStore());
    await db.read();
    const isNew = !holdsReport(db.data, report);
    const { store, notices } = mergeReport(db.data, report, savedAt, retention);
    db.data = store;
    await db.write();
    notices.forEach((notice) => onNotice(notice));
    return isNew;
  } finally {
    await unlock();
  }
}
