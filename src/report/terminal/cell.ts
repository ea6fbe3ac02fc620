/**
 * Text for the cells of a table. Text from the wire is made harmless, and every piece fits its width as both the
 * table's layout and a terminal count it, so no name can move a border.
 */
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { escapeForTerminal } from '../../bytes/text.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Columns that `text` takes on a terminal; wide characters take two. */
export function cellWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/**
 * Harmless text of one line. Graphemes whose width the layout would count otherwise than a terminal does (stacked
 * marks, joined emoji) are written as code points.
 */
export function safeText(text: string, maxLength = 200): string {
  const escaped = escapeForTerminal(text, maxLength);
  if (PRINTABLE_ASCII.test(escaped)) return escaped;
  let safe = '';
  for (const { segment } of graphemes.segment(escaped)) {
    const width = stringWidth(segment);
    safe += width > 0 && layoutWidth(segment) === width ? segment : asCodePoints(segment);
  }
  return safe;
}

/** `text`, which is safe, cut to `width` columns; a cut is shown by `…`. */
export function fitCell(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  return width <= 0 ? '' : `${takeColumns(text, width - 1)}…`;
}

/** Lines of at most `width` columns, broken at spaces where possible; the last of `maxLines` shows a cut by `…`. */
export function wrapCell(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < maxLines - 1 && cellWidth(rest) > width) {
    const head = takeColumns(rest, width);
    if (head === '') break;
    const atSpace = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    const length = atSpace > head.length / 2 ? atSpace : head.length;
    lines.push(rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
  }
  lines.push(fitCell(rest, width));
  return lines;
}

/**
 * Widths of columns in `available` columns of text: each gets what it wants, if that fits; otherwise the widest give
 * way first, down to nothing below `least`.
 */
export function shareColumns(
  wanted: readonly number[],
  least: readonly number[],
  available: number,
): number[] {
  const widths = wanted.map((want, i) => Math.min(want, least[i] ?? 0));
  let free = available - widths.reduce((sum, width) => sum + width, 0);
  while (free > 0) {
    let narrowest = -1;
    for (let i = 0; i < widths.length; i++) {
      if (widths[i]! < wanted[i]! && (narrowest < 0 || widths[i]! < widths[narrowest]!)) narrowest = i;
    }
    if (narrowest < 0) break;
    widths[narrowest]!++;
    free--;
  }
  return widths;
}

function takeColumns(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += cellWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

const layoutWidths = new Map<string, number>();
const MAX_LAYOUT_WIDTHS = 10_000;

/** Columns that cli-table3 counts for `text`: it measures with its own copy of string-width. */
function layoutWidth(text: string): number {
  const known = layoutWidths.get(text);
  if (known !== undefined) return known;
  const probe = new Table({ style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  probe.push([text]);
  const width = probe.toString().split('\n')[0]!.length - 2;
  if (layoutWidths.size < MAX_LAYOUT_WIDTHS) layoutWidths.set(text, width);
  return width;
}

function asCodePoints(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x7f ? character : `\\u{${code.toString(16)}}`;
  }).join('');
}
