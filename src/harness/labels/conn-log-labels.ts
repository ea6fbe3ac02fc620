/**
 * Labelled connection logs (`conn.log.labeled` of IoT-23), as they are published and as they are passed on:
 * - Zeek's tab-separated form with `#` lines, where the last column holds `tunnel_parents`, `label` and
 *   `detailed-label` joined by three spaces, in the header as in the rows;
 * - columns separated by `|` (or commas, or tabs) below one line of names;
 * - rows whose `label` holds `Malicious   C&C` and `detailed-label` the family, or the reverse split.
 * So what follows `tunnel_parents` is joined, split at three spaces, and read as a verdict and what it is about.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LanscopeError } from '../../bytes/error.ts';

/** One connection with what is known of it. */
export interface LabelledFlow {
  /** Epoch seconds. */
  readonly start: number;
  /** Seconds; 0 when the log does not say. */
  readonly duration: number;
  readonly originator: string;
  readonly originatorPort: number;
  readonly responder: string;
  readonly responderPort: number;
  /** `tcp`, `udp`, `icmp`. */
  readonly protocol: string;
  readonly malicious: boolean;
  /** `C&C`, `C&C-Torii`, `PartOfAHorizontalPortScan`, …; `Benign` for what is benign. */
  readonly label: string;
}

export interface LabelCounts {
  flows: number;
  /** Lines that hold no labelled connection. */
  unreadable: number;
}

const JOINED = /\s{3,}/;
const NUMBER = /^[\d.]+$/;
const REQUIRED = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto'] as const;

/**
 * Calls `take` for every connection of the log, line by line: memory does not grow with it. Resolves to how much there
 * was. INPUT_NOT_FOUND, INPUT_UNREADABLE, CONFIG_INVALID when it has no column names.
 */
export async function readConnLabels(path: string, take: (flow: LabelledFlow) => void): Promise<LabelCounts> {
  const counts = { flows: 0, unreadable: 0 };
  const parser = new LabelParser();
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      const flow = parser.line(line);
      if (flow === null) continue;
      if (flow === 'unreadable') counts.unreadable++;
      else {
        counts.flows++;
        take(flow);
      }
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new LanscopeError(
      code === 'ENOENT' ? 'INPUT_NOT_FOUND' : 'INPUT_UNREADABLE',
      `${path} cannot be read (${code})`,
      '',
      { cause },
    );
  }
  if (!parser.hasHeader) {
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${path} is no labelled connection log`,
      `It needs the columns ${REQUIRED.join(', ')}`,
    );
  }
  return counts;
}

export class LabelParser {
  hasHeader = false;
  #separator = '\t';
  #columns = new Map<string, number>();
  /** Columns before the labels. */
  #before = 0;
  #cells: readonly string[] = [];

  /** A cell of the line given last; '' where the log has no such column. */
  cell(name: string): string {
    return this.#cells[this.#columns.get(name) ?? -1] ?? '';
  }

  /** A number of the line given last; 0 where it is not set. */
  number(name: string): number {
    const text = this.cell(name);
    return NUMBER.test(text) ? Number(text) : 0;
  }

  /** The connection of a line; null for lines that hold none by design; 'unreadable' for what should. */
  line(line: string): LabelledFlow | null | 'unreadable' {
    this.#cells = [];
    if (line === '') return null;
    if (line.startsWith('#')) {
      if (line.startsWith('#separator')) this.#separator = separatorOf(line);
      else if (line.startsWith('#fields')) this.#setHeader(line.slice('#fields'.length + 1));
      return null;
    }
    if (!this.hasHeader) {
      const separator = ['|', '\t', ','].find((candidate) => line.split(candidate).includes('id.orig_h'));
      if (separator === undefined) return 'unreadable';
      this.#separator = separator;
      this.#setHeader(line);
      return null;
    }
    return this.#row(line.split(this.#separator)) ?? 'unreadable';
  }

  #setHeader(text: string): void {
    const names = text.split(this.#separator).flatMap((name) => name.trim().split(JOINED));
    this.#columns = new Map(names.map((name, index) => [name, index]));
    this.hasHeader = REQUIRED.every((name) => this.#columns.has(name));
    // A log without `tunnel_parents` has its labels from `label` on.
    const parents = this.#columns.get('tunnel_parents');
    this.#before = parents === undefined ? (this.#columns.get('label') ?? names.length) : parents + 1;
  }

  /** Whether the line given last holds a connection, labelled or not. */
  get isConnection(): boolean {
    const start = this.cell('ts');
    return (
      start !== '' &&
      Number.isFinite(Number(start)) &&
      this.cell('id.orig_h') !== '' &&
      this.cell('id.resp_h') !== ''
    );
  }

  #row(cells: readonly string[]): LabelledFlow | null {
    this.#cells = cells;
    const parents = this.#columns.get('tunnel_parents');
    const from = parents ?? this.#before;
    // The column before the labels may be joined to them; that it is empty or `-` must not shift them.
    const tail = cells
      .slice(from)
      .flatMap((part) => part.split(JOINED))
      .map((part) => part.trim())
      .slice(this.#before - from);
    const words = tail.filter((word) => word !== '' && word !== '-');
    const at = words.findIndex((word) => /^(?:benign|malicious)$/i.test(word));
    if (at < 0) return null;
    const malicious = words[at]!.toLowerCase() === 'malicious';
    const about = words.filter((_, index) => index !== at);
    const start = Number(this.cell('ts'));
    if (!this.isConnection) return null;
    return {
      start,
      duration: this.number('duration'),
      originator: this.cell('id.orig_h'),
      originatorPort: this.number('id.orig_p'),
      responder: this.cell('id.resp_h'),
      responderPort: this.number('id.resp_p'),
      protocol: this.cell('proto'),
      malicious,
      label: malicious ? about.join('-') || 'Malicious' : 'Benign',
    };
  }
}

/** `#separator \x09`. */
function separatorOf(line: string): string {
  const text = line.slice('#separator'.length).trim();
  const hex = /^\\x([0-9a-f]{2})$/i.exec(text)?.[1];
  return hex === undefined ? text || '\t' : String.fromCharCode(Number.parseInt(hex, 16));
}
