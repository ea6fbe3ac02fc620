/** Tables on a terminal: cells of safe text, columns that share the width. */
import Table from 'cli-table3';
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
  const table = new Table({
    head: columns.map((column, i) => head(fitCell(column.head, widths[i]!))),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push(
      row.map((paragraphs, i) =>
        paragraphs
          .flatMap(({ text, style }) =>
            wrapCell(text, widths[i]!, columns[i]!.maxLines ?? 1).map((line) => style?.(line) ?? line),
          )
          .join('\n'),
      ),
    );
  }
  const lines = table.toString().split('\n');
  // cli-table3 draws a rule under every row or under none, not even the head. Rules alone start with this tee.
  const ruleAfterHead = lines.findIndex(isRule);
  return lines.filter((line, i) => separated || i === ruleAfterHead || !isRule(line)).join('\n');
}

function isRule(line: string): boolean {
  return line.startsWith('├');
}
