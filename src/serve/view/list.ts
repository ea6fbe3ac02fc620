/** A pane: its title in a rule, and as many of its rows as fit around the chosen one. */
import { ends, line, type Piece } from './text.ts';
import type { Theme } from './theme.ts';

export interface Heading {
  readonly name: string;
  /** Beside the name. */
  readonly facts: string;
  readonly isActive: boolean;
}

export function heading({ name, facts, isActive }: Heading, width: number, theme: Theme): string {
  const style = isActive ? (text: string): string => theme.accent(theme.bold(text)) : theme.bold;
  const used = name.length + facts.length + 5;
  return line(
    [
      { text: isActive ? '━ ' : '─ ', style: isActive ? theme.accent : theme.dim },
      { text: name, style },
      { text: ` ${facts} `, style: theme.dim },
      {
        text: (isActive ? '━' : '─').repeat(Math.max(0, width - used + 1)),
        style: isActive ? theme.accent : theme.dim,
      },
    ],
    width,
  );
}

/** Index of the first of `count` rows that is shown so that row `at` is among the `room` shown, in the middle if it can be. */
export function firstShown(at: number, count: number, room: number): number {
  return Math.max(0, Math.min(at - Math.floor(room / 2), count - room));
}

/** What stands in an empty pane, and lines of blanks below it. */
export function emptyPane(text: string, width: number, height: number, theme: Theme): string[] {
  const lines = [line([{ text: '' }], width), ends([{ text: `  ${text}`, style: theme.dim }], [], width)];
  return padLines(lines, width, height);
}

/** Exactly `height` lines. */
export function padLines(lines: readonly string[], width: number, height: number): string[] {
  const blank = ' '.repeat(width);
  return Array.from({ length: height }, (_, i) => lines[i] ?? blank);
}

/** A row: a mark, then its pieces; inverted when it is chosen. */
export function row(pieces: readonly Piece[], isChosen: boolean, width: number, theme: Theme): string {
  if (!isChosen) return line([{ text: ' ' }, ...pieces], width);
  // Within an inverted row colours would be backgrounds.
  return theme.chosen(line([{ text: '▸' }, ...pieces.map(({ text }) => ({ text }))], width));
}
