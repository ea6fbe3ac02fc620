import { wrapCell } from '../../report/terminal/cell.ts';
import { padLines } from './list.ts';
import { line } from './text.ts';
import type { Theme } from './theme.ts';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['j k  ↓ ↑', 'next and previous; in a detail, scroll'],
  ['g G  home end', 'first and last'],
  ['space  page up/down', 'by a page'],
  ['enter  l', 'all that is known of it, with the evidence'],
  ['esc  h', 'back; in the list, clear the filter'],
  ['tab', 'devices or findings'],
  ['/', 'filter by address, name, vendor, kind or rule'],
  ['s', 'sort by traffic, rate, name, address, newest, findings'],
  ['q  Ctrl-C', 'end, and print the report'],
];
const KEYS_WIDTH = 22;
const MAX_LINES = 2;

export function helpPane(width: number, height: number, theme: Theme): string[] {
  const room = width - KEYS_WIDTH - 3;
  const rows = KEYS.flatMap(([keys, does]) =>
    wrapCell(does, room, MAX_LINES).map((text, i) =>
      line([{ text: `  ${(i === 0 ? keys : '').padEnd(KEYS_WIDTH)}`, style: theme.accent }, { text }], width),
    ),
  );
  const legend = [
    line([{ text: '  ● ', style: theme.warning }, { text: 'has findings' }], width),
    line(
      [
        { text: '  Now', style: theme.good },
        { text: ' is the rate of the last second; amounts count both directions' },
      ],
      width,
    ),
  ];
  const title = line([{ text: '  Keys', style: theme.bold }], width);
  const blank = ' '.repeat(width);
  return padLines([blank, title, blank, ...rows, blank, ...legend], width, height);
}
