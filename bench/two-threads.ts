/**
 * `analyze` of captures in one thread and in two, in turn:
 *   npm run bench:threads -- FILE [FILE …] [--rounds 5] [--command PATH]
 * One thread on one core, one thread on all cores (V8 optimizes and collects on the others), and `--jobs 2`. Prints medians of
 * wall-clock and processor time and the highest peak of memory, process start included, and checks that the reports are
 * the same. Linux.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cost, measuredRun, median } from './measured-run.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    command: { type: 'string', default: join(root, 'dist/lanscope.js') },
  },
});
if (positionals.length === 0 || !existsSync(values.command)) {
  console.error('usage: npm run bench:threads -- FILE …; npm run build makes the program');
  process.exit(2);
}

interface Way {
  readonly name: string;
  readonly jobs: string;
  readonly core?: number;
}
const WAYS: readonly Way[] = [
  { name: 'one thread, one core', jobs: '1', core: 0 },
  { name: 'one thread', jobs: '1' },
  { name: 'two threads', jobs: '2' },
];

const folder = mkdtempSync(join(tmpdir(), 'lanscope-threads-'));
const commandOf = (path: string, jobs: string, ...more: string[]): string[] => [
  ...[process.execPath, values.command, 'analyze', path, '--quiet', '--jobs', jobs],
  ...more,
];
try {
  console.log('| capture | way | seconds | times as fast | processor seconds | peak MB |');
  console.log('|---|---|---|---|---|---|');
  for (const path of positionals) {
    const costs: Cost[][] = WAYS.map(() => []);
    for (let round = -1; round < Number(values.rounds); round++) {
      for (const [n, { jobs, core }] of WAYS.entries()) {
        const cost = await measuredRun(commandOf(path, jobs), core === undefined ? {} : { core });
        if (cost.exitCode !== 0) throw new Error(`exit code ${cost.exitCode}`);
        // The first round fills caches.
        if (round >= 0) costs[n]!.push(cost);
      }
    }
    const digests = ['1', '2'].map((jobs) => {
      const report = join(folder, `${jobs}.json`);
      const [program, ...args] = commandOf(path, jobs, '-o', report);
      spawnSync(program!, args, { stdio: 'inherit' });
      return (JSON.parse(readFileSync(report, 'utf8')) as { digest: string }).digest;
    });
    if (digests[0] !== digests[1]) throw new Error(`${path}: other report with two threads`);
    const seconds = costs.map((each) => median(each.map((cost) => cost.seconds)));
    for (const [n, { name }] of WAYS.entries()) {
      const cells = [
        basename(path),
        name,
        seconds[n]!.toFixed(2),
        (seconds[0]! / seconds[n]!).toFixed(2),
        median(costs[n]!.map((cost) => cost.cpuSeconds)).toFixed(2),
        Math.max(...costs[n]!.map((cost) => cost.peakMb)).toFixed(0),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
