/** Tables on a terminal: cells of safe text, columns that share the width. */
import { cellWidth, fitCell, shareColumns, wrapCell } from './cell.ts';

export interface Column {
  readonly head: string;
  /** Columns of text that it keeps when space is short. */
  readonly least: number;
  readonly align?: 'left' | 'right';
  /** Lines that one paragraph of a cell may wrap to; 1 when absent. */
  readonly maxLines?: number;
}

/** One cell: its paragraphs, safe text each, with the style of each. */
export type Cell = readonly { readonly text: string; readonly style?: (text: string) => string }[];

/** A cell of one paragraph. */
export function cell(text: string, style?: (text: string) => string): Cell {
  return [style === undefined ? { text } : { text, style }];
}

/**
 * The table as lines without a final newline, at most `width` columns wide (as long as the columns' least widths
 * allow). `separated`: a rule between rows.
 */
export function renderGrid(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  head: (text: string) => string,
  separated = false,
): string {
  const wanted = columns.map((column, i) =>
    rows.reduce(
      (most, row) => Math.max(most, ...row[i]!.map(({ text }) => cellWidth(text))),
      cellWidth(column.head),
    ),
  );
  const least = columns.map(({ least, head }) => Math.max(least, cellWidth(head)));
  const widths = shareColumns(wanted, least, width - 3 * columns.length - 1);
  const heads = columns.map((column, i) => [fitted(fitCell(column.head, widths[i]!), head)]);
  const body = rows.map((row) =>
    row.map((paragraphs, i) =>
      paragraphs.flatMap(({ text, style }) =>
        wrapCell(text, widths[i]!, columns[i]!.maxLines ?? 1).map((line) => fitted(line, style)),
      ),
    ),
  );
  // Text that broke at spaces may take less than its share.
  const taken = columns.map((_, i) =>
    [heads, ...body].reduce((most, row) => Math.max(most, ...row[i]!.map((line) => line.width)), 0),
  );
  const rule = drawRule('├┼┤', taken);
  const lines = [drawRule('┌┬┐', taken), ...drawRow(heads, columns, taken)];
  body.forEach((row, i) => {
    if (separated || i === 0) lines.push(rule);
    lines.push(...drawRow(row, columns, taken));
  });
  lines.push(drawRule('└┴┘', taken));
  return lines.join('\n');
}

/** A line of a cell, with its style, and the columns that it takes. */
interface Line {
  readonly text: string;
  readonly width: number;
}

function fitted(text: string, style: ((text: string) => string) | undefined): Line {
  return { text: style?.(text) ?? text, width: cellWidth(text) };
}

/** `corners`: left, middle and right. */
function drawRule([left, middle, right]: string, widths: readonly number[]): string {
  return left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
}

/** The lines that a row takes: as many as its highest cell. */
function drawRow(
  cells: readonly (readonly Line[])[],
  columns: readonly Column[],
  widths: readonly number[],
): string[] {
  const height = cells.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, n) => {
    const parts = cells.map((lines, i) => drawLine(lines[n], columns[i]!, widths[i]!));
    return `│ ${parts.join(' │ ')} │`;
  });
}

function drawLine(line: Line | undefined, { align }: Column, columns: number): string {
  if (line === undefined) return ' '.repeat(columns);
  const space = ' '.repeat(columns - line.width);
  return align === 'right' ? space + line.text : line.text + space;
}
