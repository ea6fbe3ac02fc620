import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { LanscopeError } from '../../bytes/error.ts';
import { type Field, type FieldValue, formatJson, formatTsv } from './value.ts';

/** Characters gathered before they are handed to the stream. */
const CHUNK = 65_536;

export type LogFormat = 'tsv' | 'json';

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
    throw new LanscopeError('OUTPUT_UNWRITABLE', `${this.path} cannot be written: ${error.message}`, '', {
      cause: error,
    });
  }
}

/** One Zeek log: a header from the first row's time, rows, and a closing line. */
export class ZeekLog {
  readonly #file: LineFile;
  readonly #fields: readonly Field[];
  readonly #format: LogFormat;

  /** `seconds` is packet time: Zeek's `#open` says when the log began, and results must not depend on the clock. */
  constructor(directory: string, name: string, fields: readonly Field[], format: LogFormat, seconds: number) {
    this.#file = new LineFile(`${directory}/${name}.log`);
    this.#fields = fields;
    this.#format = format;
    if (format === 'json') return;
    this.#file.line('#separator \\x09');
    this.#file.line('#set_separator\t,');
    this.#file.line('#empty_field\t(empty)');
    this.#file.line('#unset_field\t-');
    this.#file.line(`#path\t${name}`);
    this.#file.line(`#open\t${dateText(seconds)}`);
    this.#file.line(`#fields\t${fields.map((field) => field.name).join('\t')}`);
    this.#file.line(`#types\t${fields.map((field) => field.type).join('\t')}`);
  }

  /** Values in the order of the fields. */
  write(values: readonly FieldValue[]): void {
    this.#file.line(
      this.#format === 'json' ? formatJson(this.#fields, values) : values.map(formatTsv).join('\t'),
    );
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  end(seconds: number): Promise<void> {
    if (this.#format === 'tsv') this.#file.line(`#close\t${dateText(seconds)}`);
    return this.#file.end();
  }
}

function dateText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-');
}
