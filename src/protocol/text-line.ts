/** Lines of text protocols (FTP, SMTP, POP3, IMAP, IRC): found one by one in the start of a stream. */
import { readText } from '../bytes/text.ts';

/** Lines of one side that are looked at. */
export const MAX_LINES = 32;
/** Longest line of these protocols that is plausible at the start. */
const MAX_LINE_BYTES = 1024;
const LF = 10;
const CR = 13;

export interface Line {
  /** Without its end; bounded as all text. */
  readonly text: string;
  /** Offset after the line. */
  readonly next: number;
}

/** The line at `start`; 'incomplete' while its end is not there, null when it is too long or not text. */
export function readLine(bytes: Uint8Array, start: number, end: number): Line | 'incomplete' | null {
  const limit = Math.min(end, start + MAX_LINE_BYTES);
  let at = start;
  while (at < limit && bytes[at] !== LF) {
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== CR && byte !== 9) return null;
    at++;
  }
  if (at === limit) return at - start < MAX_LINE_BYTES ? 'incomplete' : null;
  let stop = at;
  while (stop > start && bytes[stop - 1] === CR) stop--;
  return { text: readText(bytes, start, stop), next: at + 1 };
}
