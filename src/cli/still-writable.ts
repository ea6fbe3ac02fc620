import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LanscopeError } from '../bytes/error.ts';

/**
 * Finds out at the beginning whether files can still be made when the user was changed: at the end of a long run it
 * would be too late. OUTPUT_UNWRITABLE. Tried out, since what access(2) says holds for the user that one was.
 */
export function requireStillWritable(user: string, paths: readonly string[]): void {
  for (const path of paths) {
    let folder = dirname(resolve(path));
    // The store makes its own. Ends at the root.
    while (!existsSync(folder)) folder = dirname(folder);
    try {
      rmdirSync(mkdtempSync(join(folder, '.lanscope-')));
    } catch (cause) {
      throw new LanscopeError(
        'OUTPUT_UNWRITABLE',
        `${path} cannot be written by ${user}`,
        `Give the folder to that user: chown ${user} ${folder}`,
        { cause },
      );
    }
  }
}
