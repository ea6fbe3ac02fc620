/** A difference for people on a terminal. */
import { safeText, wrapCell } from '../terminal/cell.ts';
import { makeStyle } from '../terminal/style.ts';
import { diffSummary, phraseGroups } from './phrase.ts';
import type { ReportDiff } from './schema.ts';

/** Lines of one change at most. */
const MAX_LINES = 4;

/** Ends with a newline. */
export function renderDiffText(
  diff: ReportDiff,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const style = makeStyle(color);
  const sides = ([side, name]: readonly [ReportDiff['a'], string]) =>
    `${style.dim(name)} ${side.inputs.map((input) => safeText(input)).join(', ')}`;
  const head = [sides([diff.a, 'from']), sides([diff.b, '  to']), style.bold(diffSummary(diff))];
  if (diff.ignored > 0) head.push(style.dim(`${diff.ignored} ignored`));
  const blocks = phraseGroups(diff).map(({ title, phrases }) => {
    const lines = phrases.flatMap(({ mark, text, severity }) => {
      const paint =
        severity !== null
          ? (line: string) => style.severity(severity, line)
          : mark === '+'
            ? style.good
            : (line: string) => line;
      return wrapCell(safeText(text, 500), width - 4, MAX_LINES).map((line, i) =>
        paint(`${i === 0 ? `  ${mark}` : '   '} ${line}`),
      );
    });
    return [style.bold(safeText(title)), ...lines].join('\n');
  });
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}
