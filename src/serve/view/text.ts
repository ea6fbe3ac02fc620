/** Lines of exactly so many columns, of safe text. */
import { cellWidth, fitCell, safeText } from '../../report/terminal/cell.ts';

export interface Piece {
  readonly text: string;
  readonly style?: ((text: string) => string) | undefined;
}

/** `text` from the wire as a cell of `width` columns: harmless, cut or padded. */
export function column(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (width <= 0) return '';
  const fitted = fitCell(safeText(text), width);
  const padding = ' '.repeat(Math.max(0, width - cellWidth(fitted)));
  return align === 'left' ? fitted + padding : padding + fitted;
}

/** Pieces side by side, cut and padded to `width`. Their text is safe already. */
export function line(pieces: readonly Piece[], width: number): string {
  let used = 0;
  let result = '';
  for (const { text, style } of pieces) {
    const fitted = fitCell(text, width - used);
    used += cellWidth(fitted);
    result += style?.(fitted) ?? fitted;
  }
  return result + ' '.repeat(Math.max(0, width - used));
}

/** `left` and `right` at both ends of a line; the right one gives way. */
export function ends(left: readonly Piece[], right: readonly Piece[], width: number): string {
  const length = (pieces: readonly Piece[]): number =>
    pieces.reduce((sum, { text }) => sum + cellWidth(text), 0);
  const free = width - length(left) - length(right);
  return line(free < 1 ? left : [...left, { text: ' '.repeat(free) }, ...right], width);
}
