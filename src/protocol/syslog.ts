/**
 * Syslog over UDP: RFC 5424, and the older custom of RFC 3164. Only who speaks is kept.
 * Ignored on purpose, and never kept: the message, structured data.
 */
import { readText } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';

export interface SyslogObservation {
  readonly kind: 'syslog';
  /** 0 for the form of RFC 3164, else the version of RFC 5424, 1. */
  readonly version: number;
  readonly facility: number;
  readonly severity: number;
  readonly hostName: string;
  readonly application: string;
}

/** Bytes that are looked at. */
const HEAD_BYTES = 256;
const MAX_PRIORITY = 191;
const PRIORITY = /^<(\d{1,3})>/;
const RFC5424 = /^1 \S+ (\S+) (\S+) /;
/** `Oct 11 22:14:15 host app[pid]:`; senders leave the time or the host out. */
const RFC3164 =
  /^(?:[A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d )(?:([\w.:-]+) )?([\w./-]+)(?:\[\d+\])?:/;
const BARE = /^([\w./-]+)(?:\[\d+\])?:/;

export const syslogDecoder: MessageDecoder = {
  name: 'syslog',
  triggers: [{ kind: 'udp', ports: [514] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    const text = readText(bytes, start, end, HEAD_BYTES);
    const priority = PRIORITY.exec(text);
    if (priority === null || Number(priority[1]) > MAX_PRIORITY) return 'foreign';
    const rest = text.slice(priority[0].length);
    const modern = RFC5424.exec(rest);
    const old = modern === null ? RFC3164.exec(rest) : null;
    sink.observe({
      kind: 'syslog',
      version: modern === null ? 0 : 1,
      facility: Number(priority[1]) >>> 3,
      severity: Number(priority[1]) & 7,
      hostName: absent(modern?.[1] ?? old?.[1]),
      application: absent(modern?.[2] ?? old?.[2] ?? BARE.exec(rest)?.[1]),
    });
    return 'done';
  },
};

/** RFC 5424 writes `-` for what is not known. */
function absent(text: string | undefined): string {
  return text === undefined || text === '-' ? '' : text;
}
