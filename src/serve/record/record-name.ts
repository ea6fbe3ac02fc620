/**
 * Names of a recording in several files, as dumpcap forms them: `lan.pcapng` becomes
 * `lan_00001_20260131T134500Z.pcapng`, by number and time of the first packet. Numbers go on over runs, so that a
 * bound on files holds for a service that is restarted.
 */
import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import { compareNumber } from '../../bytes/order.ts';
import { formatTime } from '../../bytes/time.ts';

export interface RecordedPart {
  readonly path: string;
  readonly number: number;
}

const NUMBER_DIGITS = 5;

export function partName(path: string, number: number, firstSeconds: number): string {
  const { dir, name, ext } = parse(path);
  const time = formatTime(firstSeconds, 0, 0).replaceAll(/[-:]/g, '');
  return join(dir, `${name}_${String(number).padStart(NUMBER_DIGITS, '0')}_${time}${ext}`);
}

/** The files of this recording that are there, by number. */
export async function listParts(path: string): Promise<RecordedPart[]> {
  const { name, ext } = parse(basename(path));
  const parts: RecordedPart[] = [];
  for (const file of await readdir(dirname(path))) {
    if (!file.startsWith(`${name}_`) || !file.endsWith(ext)) continue;
    const number = /^(\d{5,9})_\d{8}T\d{6}Z$/.exec(
      file.slice(name.length + 1, file.length - ext.length),
    )?.[1];
    if (number !== undefined) parts.push({ path: join(dirname(path), file), number: Number(number) });
  }
  return parts.sort((a, b) => compareNumber(a.number, b.number));
}

/** Removes the oldest files until `keep` are left. */
export async function removeOldParts(path: string, keep: number): Promise<void> {
  const parts = await listParts(path);
  for (const part of parts.slice(0, Math.max(0, parts.length - keep)))
    await unlink(part.path).catch(() => {});
}
