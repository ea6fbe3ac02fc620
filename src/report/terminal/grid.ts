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
  const body = rows.map((row) =>
    row.map((paragraphs, i) =>
      paragraphs.flatMap(({ text, style }) =>
        wrapCell(text, widths[i]!, columns[i]!.maxLines ?? 1).map((line) => fitted(line, style)),
      ),
    ),
  );
  const heads = columns.map((column, i) => [fitted(fitCell(column.head, widths[i]!), head)]);
  const taken = widths.map((_, i) =>
    [heads, ...body].reduce((most, row) => Math.max(most, ...row[i]!.map((line) => line.width)), 0),
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + taken.map((columns) => '─'.repeat(columns + 2)).join(middle) + right;
  const lines = [rule('┌', '┬', '┐'), ...rowLines(heads, columns, taken)];
  body.forEach((row, i) => {
    if (separated || i === 0) lines.push(rule('├', '┼', '┤'));
    lines.push(...rowLines(row, columns, taken));
  });
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}

/** A line of a cell, with its style, and the columns that it takes without. */
interface Line {
  readonly text: string;
  readonly width: number;
}

function fitted(text: string, style: ((text: string) => string) | undefined): Line {
  return { text: style?.(text) ?? text, width: cellWidth(text) };
}

function rowLines(
  cells: readonly (readonly Line[])[],
  columns: readonly Column[],
  widths: readonly number[],
): string[] {
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, n) => {
    const texts = cells.map((lines, i) => {
      const line = lines[n];
      const space = ' '.repeat(widths[i]! - (line?.width ?? 0));
      return columns[i]!.align === 'right' ? space + (line?.text ?? '') : (line?.text ?? '') + space;
    });
    return `│ ${texts.join(' │ ')} │`;
  });
}
