/**
 * Text for the cells of a table. Text from the wire is made harmless, and every piece fits its width as a terminal
 * counts it, so no name can move a border.
 */
import { escapeForTerminal } from '../../bytes/text.ts';
import { graphemes, isPlain, textWidth } from './text-width.ts';

/** Columns that `text` takes on a terminal; wide characters take two. */
export function cellWidth(text: string): number {
  return textWidth(text);
}

/** Harmless text of one line. Graphemes that terminals draw with different widths are written as code points. */
export function safeText(text: string, maxLength = 200): string {
  const escaped = escapeForTerminal(text, maxLength);
  if (isPlain(escaped)) return escaped;
  // Graphemes about whose width terminals agree: stacked marks and joined emoji are not among them.
  const agreed = /^(?:.[\p{Mn}\p{Me}]?|\p{Regional_Indicator}{2}|[\u1100-\u115f][\u1160-\u11a7])$/u;
  let safe = '';
  for (const { segment } of graphemes(escaped)) {
    safe += agreed.test(segment) && textWidth(segment) > 0 ? segment : asCodePoints(segment);
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
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += cellWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}

function asCodePoints(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x7f ? character : `\\u{${code.toString(16)}}`;
  }).join('');
}
