/**
 * Values of Zeek logs and how they are written: TSV with Zeek's escapes (a field never holds a tab, a newline or any
 * other control character), or JSON. https://docs.zeek.org/en/master/log-formats.html
 */

export type FieldType =
  'time' | 'interval' | 'string' | 'addr' | 'port' | 'enum' | 'count' | 'bool' | 'double' | ListType;
type ListType =
  'set[string]' | 'set[enum]' | 'vector[string]' | 'vector[interval]' | 'set[count]' | 'vector[count]';

/** `undefined` is unset. Times and intervals are seconds, as text with six digits (a double would lose some). */
export type FieldValue = string | number | boolean | readonly (string | number)[] | undefined;

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

const UNSET = '-';
const EMPTY = '(empty)';

// Control characters, the backslash that introduces an escape, and what a terminal may act on.

const ESCAPED = /[\u0000-\u001f\u007f-\u009f\\]/g;

const ESCAPED_IN_LIST = /[\u0000-\u001f\u007f-\u009f\\,]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeCharacter(c: string): string {
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function escapeText(text: string, pattern: RegExp): string {
  if (text === '') return EMPTY;
  const escaped = text.replace(LONE_SURROGATE, '\ufffd').replace(pattern, escapeCharacter);
  // What would read as unset or empty is told apart by its first character.
  return escaped === UNSET || escaped === EMPTY ? escapeCharacter(escaped) + escaped.slice(1) : escaped;
}

/** A value as a TSV field. */
export function formatTsv(value: FieldValue): string {
  if (value === undefined) return UNSET;
  if (typeof value === 'string') return escapeText(value, ESCAPED);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (value.length === 0) return EMPTY;
  return value
    .map((item) => (typeof item === 'number' ? String(item) : escapeText(item, ESCAPED_IN_LIST)))
    .join(',');
}

/** A row as one JSON object; unset fields are left out. Times and intervals are numbers. */
export function formatJson(fields: readonly Field[], values: readonly FieldValue[]): string {
  let text = '{';
  for (let i = 0; i < fields.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    const { name, type } = fields[i]!;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(name)}:`;
    if (type === 'time' || type === 'interval') text += value as string;
    else if (type === 'vector[interval]') text += `[${(value as readonly string[]).join(',')}]`;
    else text += JSON.stringify(value).replace(/\u007f/g, '\\u007f');
  }
  return `${text}}`;
}

/** Packet time as Zeek writes it: seconds with six digits, cut and not rounded. */
export function timeText(seconds: number, nanos: number): string {
  return `${seconds}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}`;
}

/** A span in nanoseconds as seconds with six digits. */
export function intervalText(nanos: number): string {
  const micros = Math.round(Math.abs(nanos) / 1000);
  const text = `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
  return nanos < 0 && micros > 0 ? `-${text}` : text;
}
