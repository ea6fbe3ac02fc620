/**
 * What was fetched: `lanscope.lock.json` in the folder of a corpus. Where a manifest states no checksum, the one that
 * was seen first is held to from then on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { LanscopeError } from '../../bytes/error.ts';
import { compareText } from '../../bytes/order.ts';
import { replaceFile } from '../replace-file.ts';

const LockSchema = Type.Object({
  lock: Type.Literal(1),
  files: Type.Record(
    Type.String(),
    Type.Object({ url: Type.String(), bytes: Type.Integer({ minimum: 0 }), sha256: Type.String() }),
  ),
});
export type LockEntry = Type.Static<typeof LockSchema>['files'][string];

export class Lock {
  readonly #path: string;
  readonly #files: Map<string, LockEntry>;

  /** CONFIG_INVALID when there is one that cannot be read. */
  constructor(folder: string) {
    this.#path = join(folder, 'lanscope.lock.json');
    this.#files = new Map(Object.entries(read(this.#path)));
  }

  get(path: string): LockEntry | undefined {
    return this.#files.get(path);
  }

  /** On disk when it returns. */
  set(path: string, entry: LockEntry): void {
    this.#files.set(path, entry);
    const files = Object.fromEntries([...this.#files].sort(([a], [b]) => compareText(a, b)));
    replaceFile(this.#path, `${JSON.stringify({ lock: 1, files }, null, 2)}\n`);
  }
}

function read(path: string): Record<string, LockEntry> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (Check(LockSchema, value)) return value.files;
  } catch {
    // Told below.
  }
  throw new LanscopeError('CONFIG_INVALID', `${path} is no lock file`, 'Remove it to fetch without it');
}
