import { LineFile } from '../line-file.ts';
import { type Field, type FieldValue, formatJson, formatTsv } from './value.ts';

export type LogFormat = 'tsv' | 'json';

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
