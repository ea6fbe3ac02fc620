/**
 * The head of a text message in the manner of HTTP: a start line and `Name: value` lines, ended by an empty line or by
 * the end of the bytes (SSDP over UDP often leaves the empty line out). Lines end in CRLF or in LF alone.
 */
import { findByte } from '../bytes/find.ts';
import { readText } from '../bytes/text.ts';

/** Fields kept of one head. */
export const MAX_FIELDS = 64;
/** Bytes of one line that are looked at. */
export const MAX_LINE_BYTES = 2048;

export interface Head {
  readonly startLine: string;
  /** By lower-case name, first occurrence wins. */
  readonly fields: ReadonlyMap<string, string>;
  /** Field names as written, in order, repetitions included (a fingerprint). */
  readonly order: readonly string[];
  /** Offset after the empty line; -1 when there was none before the end. */
  readonly bodyStart: number;
  /** More fields than are kept. */
  readonly limited: boolean;
  /** Lines without a colon. */
  readonly faults: number;
}

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const TAB = 9;

/** Reads the head that starts at `start`. Folded lines (RFC 7230, 3.2.4) are counted as faults. */
export function readHead(bytes: Uint8Array, start: number, end: number): Head {
  const fields = new Map<string, string>();
  const order: string[] = [];
  let startLine = '';
  let bodyStart = -1;
  let faults = 0;
  let limited = false;
  let isFirst = true;
  for (let at = start; at < end;) {
    const lf = findByte(bytes, LF, at, end);
    const next = lf < 0 ? end : lf + 1;
    let stop = next > at && bytes[next - 1] === LF ? next - 1 : next;
    if (stop > at && bytes[stop - 1] === CR) stop--;
    if (isFirst) {
      startLine = readText(bytes, at, stop);
      isFirst = false;
    } else if (stop === at) {
      bodyStart = next;
      break;
    } else if (order.length >= MAX_FIELDS) {
      limited = true;
      break;
    } else if (!addField(bytes, at, Math.min(stop, at + MAX_LINE_BYTES), fields, order)) {
      faults++;
    }
    at = next;
  }
  return { startLine, fields, order, bodyStart, limited, faults };
}

function addField(
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: Map<string, string>,
  order: string[],
): boolean {
  const colon = findByte(bytes, COLON, start, end);
  if (colon <= start) return false;
  let nameEnd = colon;
  while (nameEnd > start && isBlank(bytes[nameEnd - 1]!)) nameEnd--;
  let at = colon + 1;
  let stop = end;
  while (at < stop && isBlank(bytes[at]!)) at++;
  while (stop > at && isBlank(bytes[stop - 1]!)) stop--;
  const name = readText(bytes, start, nameEnd);
  if (name === '') return false;
  order.push(name);
  const key = name.toLowerCase();
  if (!fields.has(key)) fields.set(key, readText(bytes, at, stop));
  return true;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** True when the bytes at `start` are those of `text`, which is ASCII. */
export function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
