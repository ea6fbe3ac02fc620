import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  return readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])capture\.[^\\/]+$/.test(path))
    .map((path) => {
      const capture = join(corpus, path);
      const folder = join(capture, '..');
      const expectation = join(folder, 'expect.json');
      const truth = join(folder, 'truth.json');
      return {
        name: relative(corpus, folder),
        capture,
        golden: join(folder, 'report.json'),
        expectation: existsSync(expectation) ? expectation : '',
        truth: existsSync(truth) ? truth : '',
      };
    })
    .sort((a, b) => compareText(a.name, b.name));
}
