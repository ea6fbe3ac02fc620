/** Results of the bench as Markdown. */
import { PROGRAMS, SELF } from './programs.ts';
import type { KindResults, PeerResults, Result } from './results.ts';

export function peerTables(found: PeerResults): string {
  const { machine, lanscope, date, kinds } = found;
  const runs = kinds.map((kind) => resultOf(kind, SELF)?.runs ?? 0);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const rounds = least === most ? String(most) : `${least} to ${most}`;
  const once = PROGRAMS.filter(({ runs }) => runs === 'once').map(({ name }) => name);
  return [
    `${machine.cpu}, one of ${machine.cores} cores, ${machine.system}, Node ${machine.node}, lanscope ${lanscope}, ${date}; page cache warm,`,
    'process start included, programs in turn. Processor seconds (user and system), the median where there are several rounds',
    `(${rounds}; ${once.join(', ')}: one). In brackets what lanscope takes of it, the median of the rounds; **bold** where the aim is missed.`,
    '',
    speedTable(kinds),
    '',
    'Peak memory, MB:',
    '',
    memoryTable(kinds),
    '',
    programTable(found),
  ].join('\n');
}

function speedTable(kinds: readonly KindResults[]): string {
  const head = ['program', 'aim', ...kinds.map(({ kind }) => kind)];
  const size = [
    'MB, million packets',
    '',
    ...kinds.map((kind) => `${kind.megabytes}, ${(kind.packets / 1e6).toFixed(2)}`),
  ];
  const rows = shownPrograms(kinds).map(({ name, target }) => [
    name,
    target === undefined ? '' : `≤ ${target}x`,
    ...kinds.map((kind) => speedCell(resultOf(kind, name), target)),
  ]);
  return table(head, [size, ...rows]);
}

function speedCell(result: Result | undefined, target = Number.POSITIVE_INFINITY): string {
  if (result === undefined) return '–';
  if (result.failure !== undefined) return result.failure;
  const seconds = result.cpuSeconds.toFixed(2);
  if (result.program === SELF) return seconds;
  const ratio = `${result.ratio.toFixed(result.ratio < 0.1 ? 3 : 2)}x`;
  return `${seconds} (${result.ratio > target ? `**${ratio}**` : ratio})`;
}

function memoryTable(kinds: readonly KindResults[]): string {
  const rows = shownPrograms(kinds).map(({ name }) => [
    name,
    ...kinds.map((kind) => resultOf(kind, name)?.peakMb.toFixed(0) ?? '–'),
  ]);
  return table(['program', ...kinds.map(({ kind }) => kind)], rows);
}

function programTable({ programs }: PeerResults): string {
  const rows = PROGRAMS.map(({ name, does, doesNot }) => [
    name,
    programs[name] === null ? 'not installed' : (programs[name] ?? ''),
    does,
    doesNot,
  ]);
  return table(['program', 'version', 'does', 'does not'], rows);
}

function shownPrograms(kinds: readonly KindResults[]): typeof PROGRAMS {
  return PROGRAMS.filter(({ name }) => kinds.some((kind) => resultOf(kind, name) !== undefined));
}

function resultOf({ results }: KindResults, name: string): Result | undefined {
  return results.find(({ program }) => program === name);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
