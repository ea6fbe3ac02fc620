/**
 * Feature vectors as a file, row by row: CSV or Parquet by its name. Columns: `set` (which features, e.g. `conn@1`),
 * `start` (epoch seconds) and the ends of the flow, which are for splitting and for people and never for a model; the
 * features in the order of their set; `label` and `class` where labels are known, '' where they are not.
 */
import type { fileWriter as FileWriter, ParquetWriter } from 'hyparquet-writer';
import { LanscopeError } from '../../bytes/error.ts';
import { unwritable } from '../../bytes/unwritable.ts';
import { type FeatureSet, featureSetId } from '../../detect/features/feature.ts';
import { csvField } from '../../report/csv.ts';
import { LineFile } from '../../report/line-file.ts';

/** What a row says beside its features. */
export interface RowContext {
  readonly start: number;
  readonly orig: string;
  readonly origPort: number;
  readonly resp: string;
  readonly respPort: number;
  readonly proto: string;
  readonly label: string;
  readonly class: string;
}

export interface FeatureFile {
  /** Takes the row at `features[at]` and on. */
  row(context: RowContext, features: Float32Array, at: number): void;
  /** Resolves when the disk has caught up. */
  drain(): Promise<void>;
  end(): Promise<void>;
}

const BEFORE = ['start', 'orig', 'origPort', 'resp', 'respPort', 'proto'] as const;
const AFTER = ['label', 'class'] as const;
const COLUMN_NAME = {
  start: 'start',
  orig: 'orig',
  origPort: 'orig_port',
  resp: 'resp',
  respPort: 'resp_port',
  proto: 'proto',
  label: 'label',
  class: 'class',
} as const;

/** OUTPUT_UNWRITABLE; USAGE for a name that is neither. */
export async function openFeatureFile(path: string, set: FeatureSet): Promise<FeatureFile> {
  if (/\.parquet$/i.test(path)) {
    const { ParquetWriter, fileWriter } = await import('hyparquet-writer');
    return new ParquetFile(path, set, ParquetWriter, fileWriter);
  }
  if (/\.csv$/i.test(path) || path === '/dev/stdout') return new CsvFile(path, set);
  throw new LanscopeError('USAGE', `${path} must end with .csv or .parquet`);
}

class CsvFile implements FeatureFile {
  readonly #file: LineFile;
  readonly #id: string;
  readonly #width: number;

  constructor(path: string, set: FeatureSet) {
    this.#file = new LineFile(path);
    this.#id = featureSetId(set);
    this.#width = set.features.length;
    const names = [
      'set',
      ...BEFORE.map((name) => COLUMN_NAME[name]),
      ...set.features.map(({ name }) => name),
      ...AFTER.map((name) => COLUMN_NAME[name]),
    ];
    this.#file.line(names.join(','));
  }

  row(context: RowContext, features: Float32Array, at: number): void {
    let line = this.#id;
    for (const name of BEFORE) line += `,${csvField(context[name])}`;
    for (let i = at; i < at + this.#width; i++) line += `,${singleText(features[i]!)}`;
    for (const name of AFTER) line += `,${csvField(context[name])}`;
    this.#file.line(line);
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  end(): Promise<void> {
    return this.#file.end();
  }
}

/** The shortest usual text that reads back as the same single. */
function singleText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/** Rows gathered before they are written as one row group. */
const ROW_GROUP = 16_384;

class ParquetFile implements FeatureFile {
  readonly #path: string;
  readonly #writer: ParquetWriter;
  readonly #set: FeatureSet;
  readonly #id: string;
  #contexts: RowContext[] = [];
  readonly #columns: Float32Array[];

  constructor(path: string, set: FeatureSet, Parquet: typeof ParquetWriter, fileWriter: typeof FileWriter) {
    this.#path = path;
    this.#set = set;
    this.#id = featureSetId(set);
    this.#columns = set.features.map(() => new Float32Array(ROW_GROUP));
    const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
    const isText = { start: false, orig: true, origPort: false, resp: true, respPort: false, proto: true };
    const contextColumn = (name: (typeof BEFORE)[number]) =>
      isText[name]
        ? { name: COLUMN_NAME[name], ...text }
        : {
            name: COLUMN_NAME[name],
            type: name === 'start' ? ('DOUBLE' as const) : ('INT32' as const),
            repetition_type: 'REQUIRED' as const,
          };
    const columns = [
      { name: 'set', ...text },
      ...BEFORE.map(contextColumn),
      ...set.features.map(({ name }) => ({
        name,
        type: 'FLOAT' as const,
        repetition_type: 'REQUIRED' as const,
      })),
      ...AFTER.map((name) => ({ name: COLUMN_NAME[name], ...text })),
    ];
    try {
      this.#writer = new Parquet({
        writer: fileWriter(path),
        schema: [{ name: 'root', num_children: columns.length }, ...columns],
        kvMetadata: [{ key: 'lanscope.features', value: this.#id }],
      });
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  row(context: RowContext, features: Float32Array, at: number): void {
    const row = this.#contexts.length;
    for (const [i, column] of this.#columns.entries()) column[row] = features[at + i]!;
    this.#contexts.push(context);
    if (this.#contexts.length === ROW_GROUP) this.#write();
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  end(): Promise<void> {
    if (this.#contexts.length > 0) this.#write();
    this.#guarded(() => void this.#writer.finish());
    return Promise.resolve();
  }

  #write(): void {
    const contexts = this.#contexts;
    const columnData = [
      { name: 'set', data: contexts.map(() => this.#id) },
      ...BEFORE.map((name) => ({
        name: COLUMN_NAME[name],
        data: contexts.map((context) => context[name]),
      })),
      ...this.#set.features.map(({ name }, i) => ({
        name,
        data: Array.from(this.#columns[i]!.subarray(0, contexts.length)),
      })),
      ...AFTER.map((name) => ({ name: COLUMN_NAME[name], data: contexts.map((context) => context[name]) })),
    ];
    this.#guarded(() => void this.#writer.write({ columnData, rowGroupSize: ROW_GROUP }));
    this.#contexts = [];
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }
}
