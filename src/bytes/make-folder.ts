/**
 * Makes a folder with those above it, one level at a time: Node's recursive mkdir never returns where a file system
 * answers ENOENT for a folder in an existing one, as /proc does.
 */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Throws the error of the system call that failed: ENOTDIR, EACCES, EROFS, ENOENT, … */
export function makeFolder(path: string, mode = 0o777): void {
  // Ends at the root at the latest, so it takes as many steps as the path has names.
  const missing: string[] = [];
  let existing = resolve(path);
  while (!isFolder(existing)) {
    missing.push(existing);
    existing = dirname(existing);
  }
  if (missing.length > 0) accessSync(existing, constants.W_OK);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      // Another process may have made it since.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** False when there is nothing at `path`; ENOTDIR when there is something else. */
function isFolder(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.isDirectory()) return true;
  throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
}
