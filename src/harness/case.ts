import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../bytes/order.ts';

/** One case of a corpus: a folder with a capture and what is expected of it. */
export interface Case {
  /** Path of the folder below the corpus. */
  readonly name: string;
  readonly capture: string;
  /** Where the golden report is, or would be. */
  readonly golden: string;
  /** `expect.json`, or '' when there is none. */
  readonly expectation: string;
  /** `truth.json`, or '' when there is none. */
  readonly truth: string;
}

/** All cases below a folder, by name: every folder that holds a file `capture.*`. */
export function findCases(corpus: string): Case[] {
  const cases: Case[] = [];
  // Folders behind links: one that leads back to where it is would never end.
  const linked = new Set<string>();
  // Name and path; grows while it is walked.
  const folders: [string, string][] = [['', corpus]];
  for (const [name, folder] of folders) {
    const entries = readdirSync(folder, { withFileTypes: true });
    const beside = (file: string): string =>
      entries.some((entry) => entry.name === file) ? join(folder, file) : '';
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (/^capture\.[^\\/]+$/.test(entry.name)) {
        cases.push({
          name,
          capture: path,
          golden: join(folder, 'report.json'),
          expectation: beside('expect.json'),
          truth: beside('truth.json'),
        });
      }
      if (isFolder(entry, path, linked)) folders.push([join(name, entry.name), path]);
    }
  }
  return cases.sort((a, b) => compareText(a.name, b.name));
}

function isFolder(entry: Dirent, path: string, linked: Set<string>): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const target = realpathSync(path);
  if (linked.has(target)) return false;
  linked.add(target);
  return true;
}
