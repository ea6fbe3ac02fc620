/**
 * The whole command beside other programs on the same capture, in one run: `npm run bench:peers -- [capture] [--rounds N]`.
 * Programs take turns, round by round, each on one core (`taskset`) with the page cache warm, process start included.
 * Prints medians, the ratio of lanscope to each, and peak memory. Programs that are not installed are left out by name.
 * Without a capture one is generated (about 1 GB, in the temporary folder) and removed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    packets: { type: 'string', default: '2800000' },
    only: { type: 'string', default: '' },
  },
});

interface Contender {
  readonly name: string;
  /** What it does, for the reader of the table. */
  readonly does: string;
  readonly command: (capture: string) => readonly string[];
}

const node = process.execPath;
const CONTENDERS: readonly Contender[] = [
  {
    name: 'lanscope analyze',
    does: 'flows, messages, devices, identities, detection, SHA-256, report',
    command: (file) => [node, join(root, 'dist/lanscope.js'), 'analyze', file, '--quiet', '-o', '/dev/null'],
  },
  {
    name: 'lanscope analyze --no-hash',
    does: 'the same without the SHA-256 of the input',
    command: (file) => [
      node,
      join(root, 'dist/lanscope.js'),
      'analyze',
      file,
      '--quiet',
      '--no-hash',
      '-o',
      '/dev/null',
    ],
  },
  {
    name: 'tcpdump -w',
    does: 'copies packets',
    command: (file) => ['tcpdump', '-r', file, '-w', '/dev/null'],
  },
  {
    name: 'tcpdump -nn -q',
    does: 'prints a line per packet',
    command: (file) => ['tcpdump', '-nn', '-q', '-r', file],
  },
  {
    name: 'pcap-parser',
    does: 'reads packets into objects',
    command: (file) => [node, join(root, 'bench/pcap-parser-baseline.cjs'), file],
  },
  { name: 'capinfos', does: 'statistics of the file', command: (file) => ['capinfos', file] },
  { name: 'softflowd', does: 'flows', command: (file) => ['softflowd', '-r', file, '-d'] },
  { name: 'ndpiReader', does: 'flows, protocols', command: (file) => ['ndpiReader', '-i', file, '-q'] },
  { name: 'argus', does: 'flows', command: (file) => ['argus', '-r', file, '-w', '/dev/null'] },
  { name: 'prads', does: 'passive assets', command: (file) => ['prads', '-r', file, '-l', '/dev/null'] },
];

interface Measured {
  seconds: number;
  /** Peak resident memory, MB. */
  peakMb: number;
}

/** Runs a command on core 0 with its output thrown away. */
async function measure(command: readonly string[]): Promise<Measured> {
  const sink = openSync('/dev/null', 'w');
  const pinned = existsSync('/usr/bin/taskset') ? ['taskset', '-c', '0', ...command] : command;
  const started = process.hrtime.bigint();
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', sink, sink] });
  let peakKb = 0;
  const poll = setInterval(() => {
    try {
      const match = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (match !== null) peakKb = Math.max(peakKb, Number(match[1]));
    } catch {
      // It has ended.
    }
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(poll);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (code !== 0) console.error(`${command.join(' ')} ended with code ${code}`);
  return { seconds, peakMb: peakKb / 1024 };
}

function isInstalled(program: string): boolean {
  return program.startsWith('/') || spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root, stdio: 'inherit' });
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
try {
  let capture = positionals[0] ?? '';
  if (capture === '') {
    capture = join(scratch, 'large.pcap');
    const make = ['--import', 'tsx', 'scripts/make-large-capture.ts', capture, '--packets', values.packets];
    execFileSync(process.execPath, make, { cwd: root, stdio: 'inherit' });
  }
  const contenders = CONTENDERS.filter(({ name, command }) => {
    const installed = isInstalled(command(capture)[0]!);
    if (!installed) console.error(`${name}: not installed, left out`);
    return (
      installed &&
      (values.only === '' || name.startsWith('lanscope') || values.only.split(',').includes(name))
    );
  });
  const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, command } of contenders) results.get(name)!.push(await measure(command(capture)));
  }
  const own = median(results.get('lanscope analyze')!.map((m) => m.seconds));
  console.log(
    `${(statSync(capture).size / 1e6).toFixed(0)} MB, ${values.rounds} rounds, one core, page cache warm\n`,
  );
  console.log('| program | what it does | seconds (median) | lanscope takes | peak MB |');
  console.log('|---|---|---|---|---|');
  for (const { name, does } of contenders) {
    const measured = results.get(name)!;
    const seconds = median(measured.map((m) => m.seconds));
    const peak = Math.max(...measured.map((m) => m.peakMb));
    console.log(
      `| ${name} | ${does} | ${seconds.toFixed(2)} | ${(own / seconds).toFixed(2)}x | ${peak.toFixed(0)} |`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
