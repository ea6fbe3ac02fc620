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
  const heads = columns.map((column, i) => [fitted(fitCell(column.head, widths[i]!), head)]);
  const body = rows.map((row) =>
    row.map((paragraphs, i) =>
      paragraphs.flatMap(({ text, style }) =>
        wrapCell(text, widths[i]!, columns[i]!.maxLines ?? 1).map((line) => fitted(line, style)),
      ),
    ),
  );
  const table = new Table({
    head: heads.map(standIn),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [] },
  });
  for (const row of body) table.push(row.map(standIn));
  // cli-table3 draws a rule under every row or under none, not even the head. Rules alone start with this tee.
  const lines = table.toString().split('\n');
  const ruleAfterHead = lines.findIndex(isRule);
  const texts = [heads, ...body].flatMap(linesOfRow);
  let next = 0;
  return lines
    .filter((line, i) => separated || i === ruleAfterHead || !isRule(line))
    .map((line) => (line.startsWith('│') ? filledIn(line, texts[next++]!) : line))
    .join('\n');
}

function isRule(line: string): boolean {
  return line.startsWith('├');
}

/** A line of a cell, with its style, and the columns that it takes. */
interface Line {
  readonly text: string;
  readonly width: number;
}

function fitted(text: string, style: ((text: string) => string) | undefined): Line {
  return { text: style?.(text) ?? text, width: cellWidth(text) };
}

/** What cli-table3 lays out for a cell: its widths are those of an older Unicode, and it takes styles apart. */
const FILL = 'x';

function standIn(lines: readonly Line[]): string {
  return lines.map(({ width }) => FILL.repeat(width)).join('\n');
}

/** The cells of each line that a row takes. */
function linesOfRow(row: readonly (readonly Line[])[]): (Line | undefined)[][] {
  const height = Math.max(1, ...row.map((lines) => lines.length));
  return Array.from({ length: height }, (_, n) => row.map((lines) => lines[n]));
}

function filledIn(line: string, cells: readonly (Line | undefined)[]): string {
  const parts = line.split('│');
  cells.forEach((cell, i) => {
    if (cell !== undefined) parts[i + 1] = parts[i + 1]!.replace(FILL.repeat(cell.width), () => cell.text);
  });
  return parts.join('│');
}
