/**
 * The two streams of a command: results go to standard output, progress and notices to standard error. Both know
 * whether a person watches.
 */
import { once } from 'node:events';
import { escapeForTerminal } from '../bytes/text.ts';

/** Columns when the output is no terminal and COLUMNS does not say. */
const DEFAULT_WIDTH = 120;

export function terminalWidth(stream: NodeJS.WriteStream = process.stdout): number {
  if (stream.isTTY && stream.columns > 0) return stream.columns;
  const stated = Number(process.env['COLUMNS']);
  return Number.isInteger(stated) && stated > 0 ? stated : DEFAULT_WIDTH;
}

/** Colour on a terminal that can show it, unless NO_COLOR (no-color.org) is set to anything. */
export function hasColor(stream: NodeJS.WriteStream = process.stdout): boolean {
  return stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}

/** Writes a result, at the speed of whoever reads it. */
export async function writeResult(chunks: string | Iterable<string>): Promise<void> {
  if (typeof chunks === 'string') chunks = [chunks];
  for (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}

// Control characters but for line ends and tabs, and those that change direction or are not seen.
const UNSAFE_DATA =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON or CSV that a terminal may show: JSON keeps its value. */
export function harmlessData(text: string): string {
  return text.replace(UNSAFE_DATA, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes JSON or CSV: as it is to programs, harmless to a person's terminal. */
export function writeData(chunks: string | Iterable<string>): Promise<void> {
  return writeResult(process.stdout.isTTY ? harmlessChunks(chunks) : chunks);
}

function* harmlessChunks(chunks: string | Iterable<string>): Generator<string> {
  for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) yield harmlessData(chunk);
}

/** One line on standard error; text from outside is made harmless. */
export function writeNotice(text: string): void {
  process.stderr.write(`lanscope: ${escapeForTerminal(text, 1000)}\n`);
}
