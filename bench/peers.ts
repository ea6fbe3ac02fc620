/**
 * The whole command beside other programs, on captures of every kind:
 *   npm run bench:peers -- [capture…] [--kinds mixed,tls] [--megabytes 1000] [--packets 3000000] [--rounds 5]
 *                          [--only softflowd,argus] [--core 0] [--patience 600] [--save]
 * Programs take turns, round by round, each on one core with the page cache warm, process start included; those that take
 * minutes, or are told for comparison, once. What is not installed is named and left out. Captures are as large as the
 * first of both limits allows; they are made in the temporary folder and removed. Prints tables; with `--save` keeps the results
 * in `bench/peers.json` too, from which `scripts/build-tables.ts` makes those of the README.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { captureOf } from '../scripts/large-capture/capture.ts';
import { type Cost, isInstalled, measuredRun, median } from './measured-run.ts';
import { type Program, PROGRAMS, SELF, versionOf } from './peers/programs.ts';
import { type KindResults, medianRatio, merged, type PeerResults, type Result } from './peers/results.ts';
import { peerTables } from './peers/tables.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kinds: { type: 'string', default: 'mixed,small,large,short-flows,tls,dns,discovery' },
    megabytes: { type: 'string', default: '1000' },
    packets: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    core: { type: 'string', default: '0' },
    patience: { type: 'string', default: '600' },
    save: { type: 'boolean', default: false },
  },
});
const RESULTS = join(root, 'bench/peers.json');
const rounds = Number(values.rounds);
const extent = { maxBytes: Number(values.megabytes) * 1e6, maxPackets: Number(values.packets) };
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));

interface Capture {
  readonly kind: string;
  readonly path: string;
  readonly bytes: number;
  readonly packets: number;
}

function make(kind: string): Capture {
  const path = join(scratch, `${kind}.pcap`);
  const file = openSync(path, 'w');
  let bytes = 0;
  let packets = 0;
  for (const piece of captureOf(kind, 1, extent)) {
    writeSync(file, piece.bytes);
    bytes += piece.bytes.length;
    packets = piece.packets;
  }
  closeSync(file);
  return { kind, path, bytes, packets };
}

/** A capture of the caller; how many packets it has is what lanscope says. */
function given(path: string): Capture {
  const command = [join(root, 'dist/lanscope.js'), 'analyze', path, '--json'];
  const report = execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 1 << 30 });
  const { totals, input } = JSON.parse(report) as { totals: { packets: number }; input: [{ bytes: number }] };
  return { kind: basename(path), path, bytes: input[0].bytes, packets: totals.packets };
}

function run({ command }: Program, capture: string): Promise<Cost> {
  return measuredRun(command(capture, scratch), {
    core: Number(values.core),
    patienceSeconds: Number(values.patience),
  });
}

function resultOf(program: Program, costs: readonly Cost[], own: readonly Cost[]): Result {
  const seconds = (all: readonly Cost[]): number[] => all.map(({ cpuSeconds }) => cpuSeconds);
  const failed = costs.find(({ exitCode }) => exitCode !== 0);
  const failure = failed === undefined ? undefined : howEnded(failed);
  return {
    program: program.name,
    runs: costs.length,
    cpuSeconds: rounded(median(seconds(costs))),
    ratio: rounded(medianRatio(seconds(own), seconds(costs), median)),
    peakMb: Math.round(Math.max(...costs.map(({ peakMb }) => peakMb))),
    ...(failure === undefined ? {} : { failure }),
  };
}

function howEnded({ exitCode, seconds }: Cost): string {
  return exitCode === null ? `ended after ${seconds.toFixed(0)} s` : `exit code ${exitCode}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

async function compare(capture: Capture, programs: readonly Program[]): Promise<KindResults> {
  const { kind, path, bytes, packets } = capture;
  const costs = new Map<Program, Cost[]>(programs.map((program) => [program, []]));
  const self = programs.find(({ name }) => name === SELF)!;
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      if (program.runs === 'once' && round > 0) continue;
      costs.get(program)!.push(await run(program, path));
    }
  }
  const own = costs.get(self)!;
  const results = programs.map((program) => resultOf(program, costs.get(program)!, own));
  return { kind, megabytes: Math.round(bytes / 1e6), packets, results };
}

function machine(): PeerResults['machine'] {
  const { stdout: model } = spawnSync('sh', ['-c', 'lscpu | sed -n "s/^Model name: *//p"'], {
    encoding: 'utf8',
  });
  return {
    cpu: model.trim() || cpus()[0]!.model,
    cores: availableParallelism(),
    system: `Linux ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`,
    node: process.versions.node,
  };
}

try {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root, stdio: 'inherit' });
  const chosen = values.only?.split(',');
  const wanted = PROGRAMS.filter(
    ({ name }) => chosen === undefined || name === SELF || chosen.some((start) => name.startsWith(start)),
  );
  const programs = wanted.filter((program) => isInstalled(program.command('', scratch)[0]!));
  const versions = wanted.map(
    (program) => [program.name, programs.includes(program) ? versionOf(program) : null] as const,
  );
  for (const [name, version] of versions)
    if (version === null) console.error(`${name}: not installed, left out`);
  const sources =
    positionals.length > 0
      ? positionals.map((path) => () => given(path))
      : values.kinds.split(',').map((kind) => () => make(kind));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const kinds: KindResults[] = [];
  const found: PeerResults = {
    machine: machine(),
    lanscope: version,
    date: new Date().toISOString().slice(0, 10),
    programs: Object.fromEntries(versions),
    kinds,
  };
  const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as PeerResults) : null;
  for (const source of sources) {
    const capture = source();
    console.error(`${capture.kind}: ${(capture.bytes / 1e6).toFixed(0)} MB, ${capture.packets} packets`);
    kinds.push(await compare(capture, programs));
    if (positionals.length === 0) rmSync(capture.path);
    // What was found stays, should it be ended.
    if (values.save) writeFileSync(RESULTS, `${JSON.stringify(merged(found, before), undefined, 2)}\n`);
  }
  console.log(peerTables(found));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
