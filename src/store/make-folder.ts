/**
 * Makes a folder with those above it, one level at a time: Node's recursive mkdir never returns where a file system
 * answers ENOENT for a folder in an existing one, as /proc does.
 */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isCode } from './atomic-file.ts';

/** Rejects with the error of the system call that failed: ENOTDIR, EACCES, EROFS, ENOENT, … */
export async function makeFolder(path: string, mode: number): Promise<void> {
  // Ends at the root at the latest, so it takes as many steps as the path has names.
  const missing: string[] = [];
  let existing = resolve(path);
  while (!(await isFolder(existing))) {
    missing.push(existing);
    existing = dirname(existing);
  }
  await access(existing, constants.W_OK);
  for (const folder of missing.reverse()) {
    await mkdir(folder, mode).catch((error: unknown) => {
      // Another process may have made it since.
      if (!isCode(error, 'EEXIST')) throw error;
    });
  }
}

/** False when there is nothing at `path`; ENOTDIR when there is something else. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (isCode(error, 'ENOENT') && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
}
