/**
 * What FTP, SMTP, POP3 and IMAP have in common: lines of commands and of answers, a banner, a login in plain text or a
 * change to TLS. A protocol gives its grammar as two functions; this walks the lines and goes on into TLS.
 */
import type { DecodeResult, MessageSink } from './decoder.ts';
import { MAX_LINES, readLine } from './text-line.ts';
import { decodeTls } from './tls.ts';
import { CONTENT_TYPE, isTlsStart } from './tls-record.ts';

/** As many as tell a TLS record with its message type. */
const TLS_START_BYTES = 6;

/** First thing that a server says. */
export interface BannerObservation {
  readonly kind: 'banner';
  readonly protocol: 'ftp' | 'imap' | 'pop3' | 'smtp' | 'telnet' | 'vnc';
  readonly text: string;
}

/** Takes a line (0 for the first) and says whether it is of the protocol, ends what is of interest, or neither. */
export type LineReader = (line: string, index: number, sink: MessageSink) => 'next' | 'done' | 'foreign';

/** Walks the lines at the start of one side. */
export function decodeLines(
  bytes: Uint8Array,
  start: number,
  end: number,
  read: LineReader,
  sink: MessageSink,
): DecodeResult {
  let at = start;
  for (let index = 0; index < MAX_LINES; index++) {
    if (at === end) return 'incomplete';
    if (index > 0 && bytes[at] === CONTENT_TYPE.handshake) {
      if (end - at < TLS_START_BYTES) return 'incomplete';
      if (!isTlsStart(bytes, at, end)) return 'done';
      return decodeTls(bytes, at, end, sink) === 'incomplete' ? 'incomplete' : 'done';
    }
    const line = readLine(bytes, at, end);
    if (line === 'incomplete') return 'incomplete';
    if (line === null) return index === 0 ? 'foreign' : 'done';
    const answer = read(line.text, index, sink);
    if (answer === 'foreign') return index === 0 ? 'foreign' : 'done';
    if (answer === 'done') return 'done';
    at = line.next;
  }
  return 'done';
}
