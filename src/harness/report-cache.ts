/**
 * Reports by what they depend on: the content and the name of the capture, the configuration, and the program itself.
 * The program is hashed, not asked for its version: while a decoder is being changed, its version is not.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../bytes/make-folder.ts';
import { compareText } from '../bytes/order.ts';
import { canonicalJson } from '../report/canonical.ts';
import type { Report } from '../report/schema.ts';
import { replaceFile } from './replace-file.ts';

export const LIMIT = {
  /** Bytes of reports that are kept; beyond it the oldest go. */
  cacheBytes: 512 * 1024 * 1024,
} as const;

/** SHA-256 of the program: its modules and data files, by name and content. */
export function programDigest(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = import.meta.url.endsWith('.ts') ? dirname(here) : here;
  const hash = createHash('sha256');
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort(compareText)) {
    const path = join(root, name);
    if (extname(name) === '.map' || !statSync(path).isFile()) continue;
    hash.update(`${name}\0`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

/** SHA-256 of a file. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export class ReportCache {
  readonly #folder: string;
  /** What all keys of this run share. */
  readonly #circumstances: string;

  constructor(folder: string, config: unknown, program: string) {
    this.#folder = folder;
    this.#circumstances = canonicalJson({ config, program });
    try {
      makeFolder(folder);
    } catch {
      // Nothing is kept, then.
    }
  }

  /** The name under which the report of a capture with this content is kept. */
  key(capture: string, sha256: string): string {
    return createHash('sha256')
      .update(JSON.stringify([1, basename(capture), sha256, this.#circumstances]))
      .digest('hex');
  }

  /** The report, or null when it is not kept or cannot be read. */
  get(key: string): Report | null {
    try {
      return JSON.parse(readFileSync(this.#path(key), 'utf8')) as Report;
    } catch {
      return null;
    }
  }

  /** Keeps it, where that is possible: a full disk or a folder of others costs time, not the run. */
  set(key: string, report: Report): void {
    try {
      replaceFile(this.#path(key), JSON.stringify(report));
    } catch {
      // It is made again next time.
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

/** Removes the oldest entries beyond the bound, and what killed writers left behind. */
export function pruneCache(folder: string, maxBytes: number = LIMIT.cacheBytes): void {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ path, bytes: stat.size, time: stat.mtimeMs }] : [];
  });
  entries.sort((a, b) => b.time - a.time || compareText(a.path, b.path));
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    const abandoned = entry.path.endsWith('.tmp') && entry.time < entries[0]!.time - ABANDONED_MS;
    if (bytes <= maxBytes && !abandoned) continue;
    try {
      unlinkSync(entry.path);
    } catch {
      // Another run removed it.
    }
  }
}

/** A temporary file this much older than the newest entry has no writer any more. */
const ABANDONED_MS = 3_600_000;
