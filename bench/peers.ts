/**
 * The whole command beside other programs on the same capture, in one run: `npm run bench:peers -- [capture] [--rounds N]`.
 * Programs take turns, round by round, each on one core (`taskset`) with the page cache warm, process start included.
 * Prints medians, the ratio of lanscope to each, and peak memory. Programs that are not installed are left out by name.
 * Without a capture one is generated (about 1 GB, in the temporary folder) and removed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    packets: { type: 'string' },
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
    does: 'flows, messages, devices, identities, detection, tables',
    command: (file) => [node, join(root, 'dist/lanscope.js'), 'analyze', file],
  },
  {
    name: 'lanscope analyze -o',
    does: 'the same, SHA-256 of the input and report to a file',
    command: (file) => [node, join(root, 'dist/lanscope.js'), 'analyze', file, '-o', '/dev/null'],
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
  /** Time on the processor, user and system; of a child that ended within 10 ms of the last look less. */
  cpuSeconds: number;
  /** Peak resident memory, MB. */
  peakMb: number;
}

/** Runs a command on core 0 with its output thrown away. */
async function measure(command: readonly string[], mayFail = false): Promise<Measured> {
  const sink = openSync('/dev/null', 'w');
  const pinned = existsSync('/usr/bin/taskset') ? ['taskset', '-c', '0', ...command] : command;
  const started = process.hrtime.bigint();
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ['ignore', sink, sink] });
  let peakKb = 0;
  let ticks = 0;
  const poll = setInterval(() => {
    try {
      const match = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (match !== null) peakKb = Math.max(peakKb, Number(match[1]));
      ticks = Math.max(ticks, cpuTicks(readFileSync(`/proc/${child.pid}/stat`, 'utf8')));
    } catch {
      // It has ended.
    }
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(poll);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (code !== 0 && !mayFail) console.error(`${command.join(' ')} ended with code ${code}`);
  return { seconds, cpuSeconds: ticks / TICKS_PER_SECOND, peakMb: peakKb / 1024 };
}

/** USER_HZ, the same on all Linux systems that Node runs on. */
const TICKS_PER_SECOND = 100;

/** utime and stime of `/proc/PID/stat`; fields are counted from behind the program's name. */
function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The first tenth of a file, cut wherever that is. */
function writeTenth(capture: string, path: string): void {
  const from = openSync(capture, 'r');
  const to = openSync(path, 'w');
  const chunk = new Uint8Array(1 << 20);
  for (let left = Math.floor(statSync(capture).size / 10); left > 0;) {
    const got = readSync(from, chunk, 0, Math.min(left, chunk.length), null);
    if (got === 0) break;
    writeSync(to, chunk, 0, got);
    left -= got;
  }
  closeSync(from);
  closeSync(to);
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
    const make = ['--import', 'tsx', 'scripts/make-large-capture.ts', '--out', capture];
    if (values.packets !== undefined) make.push('--packets', values.packets);
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
  const tenth = join(scratch, 'tenth');
  writeTenth(capture, tenth);
  const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, command } of contenders) results.get(name)!.push(await measure(command(capture)));
  }
  const own = median(results.get('lanscope analyze')!.map((m) => m.seconds));
  console.log(
    `${(statSync(capture).size / 1e6).toFixed(0)} MB, ${values.rounds} rounds, one core, page cache warm\n`,
  );
  console.log(
    '| program | what it does | seconds (median) | CPU seconds | lanscope takes | peak MB | peak MB on the first tenth |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, does, command } of contenders) {
    const measured = results.get(name)!;
    // Some end with an error, because the file is cut.
    const ofTenth = await measure(command(tenth), true);
    const seconds = median(measured.map((m) => m.seconds));
    const cpu = median(measured.map((m) => m.cpuSeconds));
    const peak = Math.max(...measured.map((m) => m.peakMb));
    console.log(
      `| ${name} | ${does} | ${seconds.toFixed(2)} | ${cpu.toFixed(2)} | ${(own / seconds).toFixed(2)}x | ${peak.toFixed(0)} | ${ofTenth.peakMb.toFixed(0)} |`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
