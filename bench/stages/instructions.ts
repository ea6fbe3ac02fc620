/** Instructions per packet, where `perf` may count them: virtual machines and containers often do not let it. */
import { spawnSync } from 'node:child_process';
import type { Stage } from './stages.ts';

/** Passes of one process: so many, and three times as many. */
const FEW_PASSES = 4;
const MANY_PASSES = 12;

/** What `perf` counts while `command` runs; null when it cannot. */
function count(event: string, command: readonly string[]): number | null {
  const { stderr, status } = spawnSync('perf', ['stat', '-x', ',', '-e', event, '--', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [value] = (stderr ?? '').trim().split('\n').at(-1)!.split(',');
  return status !== 0 || !/^[\d.]+$/.test(value ?? '') ? null : Number(value);
}

export function canCount(event: string): boolean {
  return count(event, ['true']) !== null;
}

/** Per packet of a warm pass: the difference of two processes, start and warm-up left out. */
export function countPerPacket(event: string, stage: Stage, capture: string, packets: number): number | null {
  const run = (passes: number): number | null =>
    count(event, [
      ...[process.execPath, ...process.execArgv, process.argv[1]!, capture],
      ...['--stage', stage.name, '--passes', String(passes)],
    ]);
  const few = run(FEW_PASSES);
  const many = run(MANY_PASSES);
  return few === null || many === null ? null : (many - few) / ((MANY_PASSES - FEW_PASSES) * packets);
}
