/**
 * `corpus run` on many small captures, with one job and with several:
 *   tsx bench/corpus-jobs.ts [--captures 500] [--packets 150] [--jobs 2] [--rounds 5]
 * The captures are stretches of the bundled ones, each with its golden report; the cache is off, so that every one is
 * analyzed. One job on one core (`taskset`: V8's compiler and collector threads would use a second one), several jobs,
 * and as many commands of one job side by side (each a shard: what the machine itself can do) take turns. Prints medians
 * of wall-clock and CPU time, process start included.
 *
 * Wall-clock time says what a person waits for, but on a machine with other work it says little; CPU time is what the
 * command itself used, and `CPU(1 job) / (CPU(n jobs) / n)` is the speed-up that n idle cores would give if cases were
 * spread evenly.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCaptures } from '../src/capture/open.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    captures: { type: 'string', default: '500' },
    packets: { type: 'string', default: '150' },
    jobs: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    /** A build that is there already, instead of one made now. */
    dist: { type: 'string' },
  },
});
const [captures, packets, jobs, rounds] = [values.captures, values.packets, values.jobs, values.rounds].map(
  Number,
) as [number, number, number, number];

/** Classic pcap, little-endian, microseconds, Ethernet. */
const PCAP_HEADER = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
const RECORD_HEADER_BYTES = 16;

/** Every packet of the bundled captures of two networks, as pcap records. */
async function bundledRecords(): Promise<Buffer[]> {
  const records: Buffer[] = [];
  for (const name of ['home-lan', 'office-lan', 'port-scan']) {
    const source = openCaptures([join(root, 'corpus', name, 'capture.pcapng')], { noHash: true });
    for await (const batch of source) {
      for (let i = batch.start; i < batch.count; i++) {
        const length = batch.capLen[i]!;
        const record = Buffer.alloc(RECORD_HEADER_BYTES + length);
        record.writeUInt32LE(batch.tsSeconds[i]!, 0);
        record.writeUInt32LE(Math.floor(batch.tsNanos[i]! / 1000), 4);
        record.writeUInt32LE(length, 8);
        record.writeUInt32LE(batch.wireLen[i]!, 12);
        record.set(
          batch.bytes.subarray(batch.frameOffset[i], batch.frameOffset[i]! + length),
          RECORD_HEADER_BYTES,
        );
        records.push(record);
      }
    }
    await source.close();
  }
  return records;
}

/** Stretches that begin at evenly spread packets. */
async function writeCases(folder: string): Promise<number> {
  const records = await bundledRecords();
  let bytes = 0;
  for (let i = 0; i < captures; i++) {
    const from = Math.floor((i * (records.length - packets)) / captures);
    const capture = Buffer.concat([PCAP_HEADER, ...records.slice(from, from + packets)]);
    const place = join(folder, `case-${String(i).padStart(5, '0')}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'capture.pcap'), capture);
    bytes += capture.length;
  }
  return bytes;
}

const PINNED = existsSync('/usr/bin/taskset') ? ['taskset', '-c', '0'] : [];

interface Measured {
  readonly wallSeconds: number;
  /** User and system, children included. */
  readonly cpuSeconds: number;
}

/** Runs commands side by side; the shell's `time` counts their children too. */
async function measure(commands: readonly (readonly string[])[]): Promise<Measured> {
  const started = process.hrtime.bigint();
  const cpu = await Promise.all(
    commands.map(async (command) => {
      const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null';
      const child = spawn('bash', ['-c', script, 'time', ...command], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
      const [user, system] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      if (code !== 0 || !((user ?? -1) + (system ?? -1) > 0))
        throw new Error(`${command.join(' ')}: ${stderr}`);
      return user! + system!;
    }),
  );
  const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { wallSeconds, cpuSeconds: cpu.reduce((sum, seconds) => sum + seconds, 0) };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

if (values.dist === undefined) {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root, stdio: 'inherit' });
}
const lanscope = join(values.dist ?? join(root, 'dist'), 'lanscope.js');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
try {
  const bytes = await writeCases(folder);
  const command = (...args: string[]) => [process.execPath, lanscope, 'test', folder, '--no-cache', ...args];
  await measure([command('--record', '--jobs', String(jobs))]);
  const shards = Array.from({ length: jobs }, (_, i) =>
    command('--jobs', '1', '--shard', `${i + 1}/${jobs}`),
  );
  const ways = [
    { name: '1 job', commands: [[...PINNED, ...command('--jobs', '1')]] },
    { name: `${jobs} jobs`, commands: [command('--jobs', String(jobs))] },
    { name: `${jobs} commands of 1 job`, commands: shards },
  ];
  const measured = ways.map(() => [] as Measured[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { commands }] of ways.entries()) measured[i]!.push(await measure(commands));
  }
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  console.log(
    `${captures} captures of ${packets} packets, ${(bytes / captures / 1000).toFixed(0)} KB each; ${rounds} rounds; load ${load}`,
  );
  const wall = measured.map((runs) => median(runs.map(({ wallSeconds }) => wallSeconds)));
  const cpu = measured.map((runs) => median(runs.map(({ cpuSeconds }) => cpuSeconds)));
  for (const [i, { name }] of ways.entries()) {
    const speedUp = i === 0 ? '' : `, ${(wall[0]! / wall[i]!).toFixed(2)} times as fast`;
    const perCpu = (captures / cpu[i]!).toFixed(0);
    console.log(
      `${name.padEnd(22)} ${wall[i]!.toFixed(2)} s, ${(captures / wall[i]!).toFixed(0)} captures/s${speedUp}; CPU ${cpu[i]!.toFixed(2)} s, ${perCpu} captures per CPU second`,
    );
  }
  console.log(
    `by CPU time: ${jobs} idle cores would be ${((jobs * cpu[0]!) / cpu[1]!).toFixed(2)} times as fast as one`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
