import { renameSync, unlinkSync, writeFileSync } from 'node:fs';

let written = 0;

/**
 * Writes beside the place and renames into it: whoever is killed meanwhile leaves the old file or the new one. Not
 * flushed to disk: for what can be made again.
 */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.${written++}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    try {
      unlinkSync(temporary);
    } catch {
      // It was never written.
    }
    throw error;
  }
}
