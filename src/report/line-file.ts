import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { unwritable } from '../bytes/unwritable.ts';

/** Characters gathered before they are handed to the stream. */
const CHUNK = 65_536;

/** One line-oriented file that is written while the analysis runs; nothing grows but what `drain` has not yet awaited. */
export class LineFile {
  readonly path: string;
  readonly #stream: WriteStream;
  #text = '';
  #error: Error | null = null;

  constructor(path: string) {
    this.path = path;
    this.#stream = createWriteStream(path);
    this.#stream.on('error', (error) => {
      this.#error ??= error;
    });
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length >= CHUNK) this.#flush();
  }

  /** Resolves when the disk has caught up. Throws `LanscopeError` OUTPUT_UNWRITABLE when it cannot. */
  async drain(): Promise<void> {
    if (this.#error !== null) this.#fail(this.#error);
    if (!this.#stream.writableNeedDrain) return;
    try {
      await once(this.#stream, 'drain');
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  async end(): Promise<void> {
    this.#flush();
    if (this.#error !== null) this.#fail(this.#error);
    this.#stream.end();
    try {
      if (!this.#stream.closed) await once(this.#stream, 'close');
    } catch (error) {
      this.#fail(error as Error);
    }
    if (this.#error !== null) this.#fail(this.#error);
  }

  #flush(): void {
    if (this.#text !== '') this.#stream.write(this.#text);
    this.#text = '';
  }

  #fail(error: Error): never {
    throw unwritable(this.path, error);
  }
}
