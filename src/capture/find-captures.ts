/** Which captures a person means who names files, folders and patterns. */
import { type Dirent, existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LanscopeError } from '../bytes/error.ts';
import { compareText } from '../bytes/order.ts';
import { expandGlob, isGlob } from './glob.ts';
import { inputError } from './input-error.ts';
import { STDIN, openCaptures } from './open.ts';

/** Folders within each other that are searched. */
const MAX_DEPTH = 32;
/** Bytes that are read to see whether a file is a capture. */
const PROBE_CHUNK_BYTES = 4096;

/**
 * The captures that `args` name, in the order of `args`. A file is taken as it is named, whatever it holds; a folder
 * stands for the captures in it and below, known by their content and sorted by path; a pattern (see `glob.ts`) for what it
 * matches. No capture is given twice.
 */
export async function findCaptures(args: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const arg of args) {
    if (arg === STDIN) found.push(arg);
    else if (!existsSync(arg) && isGlob(arg)) found.push(...(await matchedBy(arg)));
    else if (isFolder(arg)) found.push(...(await below(arg)));
    else found.push(arg);
  }
  return [...new Set(found)];
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  await searchFolder(folder, 0, found);
  if (found.length === 0) throw noCaptures(`${folder} holds no captures`);
  return found;
}

async function matchedBy(pattern: string): Promise<string[]> {
  const paths = expandGlob(pattern);
  if (paths.length === 0) throw new LanscopeError('INPUT_NOT_FOUND', `no file matches ${pattern}`);
  const found: string[] = [];
  for (const path of paths) {
    // Links to folders are not followed: they may lead in circles.
    if (lstatSync(path).isDirectory()) await searchFolder(path, 0, found);
    else if (await isCapture(path)) found.push(path);
  }
  if (found.length === 0) throw noCaptures(`no file that matches ${pattern} is a capture`);
  return found;
}

function noCaptures(message: string): LanscopeError {
  return new LanscopeError('INPUT_NO_CAPTURES', message, 'Captures are known by their content, not by name');
}

async function searchFolder(folder: string, depth: number, found: string[]): Promise<void> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw inputError(folder, error);
  }
  entries.sort((a, b) => compareText(a.name, b.name));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < MAX_DEPTH) await searchFolder(path, depth + 1, found);
    } else if ((entry.isFile() || entry.isSymbolicLink()) && (await isCapture(path))) found.push(path);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw inputError(path, error);
  }
}

/** Whether a file holds a capture, inside of compression too. What cannot be read does not. */
async function isCapture(path: string): Promise<boolean> {
  try {
    if (!statSync(path).isFile()) return false;
  } catch {
    return false;
  }
  const source = openCaptures([path], { chunkSize: PROBE_CHUNK_BYTES, batchSize: 1, noHash: true });
  try {
    await source[Symbol.asyncIterator]().next();
    return true;
  } catch (error) {
    if (error instanceof LanscopeError) return false;
    throw error;
  } finally {
    await source.close();
  }
}
