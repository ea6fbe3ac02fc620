/**
 * The lowdb adapter: the store as one JSON file of mode 0600, replaced atomically and durably. The generation before
 * stays as `<path>.bak`, so that there is always one that opens.
 */
import { readFile, rename } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { LanscopeError } from '../bytes/error.ts';
import { isCode, syncFolder, writeFileAtomically } from './atomic-file.ts';
import { dirname } from 'node:path';
import { readStoreText } from './read-store.ts';
import type { StoreData } from './schema.ts';

export interface DurableFileOptions {
  /** A writer sets a damaged file aside under another name; a reader leaves it where it is. */
  readonly writable: boolean;
  /** Told, in one line, when the previous generation stands in for a damaged file. */
  readonly onNotice: (text: string) => void;
}

export class DurableFile implements Adapter<StoreData> {
  private readonly path: string;
  private readonly options: DurableFileOptions;

  constructor(path: string, options: DurableFileOptions) {
    this.path = path;
    this.options = options;
  }

  get previousPath(): string {
    return `${this.path}.bak`;
  }

  /** The store, or null when there is none yet. STORE_DAMAGED when neither generation can be read. */
  async read(): Promise<StoreData | null> {
    const text = await readTextOrNull(this.path);
    if (text === null) return null;
    try {
      return await readStoreText(text, this.path);
    } catch (error) {
      if (!(error instanceof LanscopeError) || error.code !== 'STORE_DAMAGED') throw error;
      return this.recover(error);
    }
  }

  async write(data: StoreData): Promise<void> {
    await writeFileAtomically(this.path, storeChunks(data), {
      mode: 0o600,
      previous: this.previousPath,
      locked: true,
    });
  }

  private async recover(damage: LanscopeError): Promise<StoreData> {
    const kept = this.options.writable ? await this.setAside() : this.path;
    const previous = await readTextOrNull(this.previousPath);
    const data =
      previous === null ? null : await readStoreText(previous, this.previousPath).catch(() => null);
    if (data === null) {
      const hint = this.options.writable
        ? `It was kept as ${kept}; run again to begin a new store`
        : 'Mend it, or remove it to begin a new store';
      throw new LanscopeError('STORE_DAMAGED', damage.message, hint);
    }
    this.options.onNotice(
      `${damage.message}; going on with the generation before it (${this.previousPath})` +
        (this.options.writable ? `, the damaged file was kept as ${kept}` : ''),
    );
    return data;
  }

  /** Gives the damaged file a name that no file has. */
  private async setAside(): Promise<string> {
    for (let n = 1; ; n++) {
      const name = `${this.path}.damaged-${n}`;
      if ((await readTextOrNull(name)) !== null) continue;
      await rename(this.path, name);
      await syncFolder(dirname(this.path));
      return name;
    }
  }
}

/** One line a device or finding, so that two generations can be compared with a text diff. */
function* storeChunks({ storeVersion, ...lists }: StoreData): Generator<string> {
  yield `{"storeVersion":${storeVersion}`;
  for (const [name, entries] of Object.entries(lists)) {
    yield `,\n"${name}":[`;
    for (const [i, entry] of entries.entries()) yield `${i > 0 ? ',' : ''}\n${JSON.stringify(entry)}`;
    yield '\n]';
  }
  yield '}\n';
}

async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    const code = (error as NodeJS.ErrnoException).code ?? 'failed';
    throw new LanscopeError('INPUT_UNREADABLE', `the store ${path} cannot be read (${code})`, '', {
      cause: error,
    });
  }
}
