/**
 * What each stage costs a packet: `npm run bench -- [capture] [--kinds mixed,discovery] [--seconds 0.5]`. A row runs the
 * stages before it too, in a process of its own, for `--seconds` or nine samples. Time is processor time; octets are
 * those that the yardstick (`stages/calibration.ts`) does in the same time, before and after every pass, so rows compare
 * between machines and days where nanoseconds do not.
 *   --gate            fails when a stage is slower than `bench/reference.json` by more than the tolerance
 *   --save            makes the medians of five such processes a stage the reference
 *   --instructions    counts them too, where perf can (--event EVENT for another event)
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { captureOf } from '../scripts/large-capture/capture.ts';
import { tuneV8, tuneV8After } from '../src/launch/v8-flags.ts';
import { canCount, countPerPacket } from './stages/instructions.ts';
import { changeOf, type Reference, slowStages, toleranceOn } from './stages/reference.ts';
import { figuresOf, type Sample, samplePasses, type StageFigures } from './stages/samples.ts';
import { countPackets, runPass, STAGES } from './stages/stages.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kinds: { type: 'string', default: 'mixed,discovery' },
    packets: { type: 'string' },
    seconds: { type: 'string', default: '0.5' },
    gate: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    instructions: { type: 'boolean', default: false },
    event: { type: 'string', default: 'instructions:u' },
    // One stage in this process: samples for `--seconds`, or only so many passes, for those who count.
    stage: { type: 'string' },
    passes: { type: 'string' },
  },
});
/** How often a stage that seems slower is looked at again: something else may have had the machine. */
const SECOND_LOOKS = 2;
/** V8 does not compile the same in every process: so many for a reference, whose median counts. */
const LOOKS_FOR_REFERENCE = 5;
const REFERENCE = join(import.meta.dirname, '../bench/reference.json');

// As a long analysis runs.
tuneV8();
tuneV8After(Number.POSITIVE_INFINITY);

if (values.stage !== undefined) {
  const stage = STAGES.find(({ name }) => name === values.stage)!;
  const [path] = positionals as [string];
  if (values.passes === undefined) {
    console.log(JSON.stringify(await samplePasses(stage, path, Number(values.seconds))));
  } else {
    for (let pass = 0; pass < Number(values.passes); pass++) await runPass(stage, path);
  }
  process.exit();
}

const cpu = cpus()[0]!.model;
const node = process.versions.node;
const kept = JSON.parse(readFileSync(REFERENCE, 'utf8')) as Reference;
const packets = values.packets === undefined ? kept.packets : Number(values.packets);
// What is made once weighs more on fewer packets.
const known: Reference = packets === kept.packets ? kept : { ...kept, octets: {} };
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
const isCounted = values.instructions && canCount(values.event);
if (values.instructions && !isCounted) console.log(`perf does not count ${values.event} here\n`);

function make(kind: string): string {
  const path = join(scratch, `${kind}.pcap`);
  const file = openSync(path, 'w');
  for (const { bytes } of captureOf(kind, 1, { maxPackets: packets })) writeSync(file, bytes);
  closeSync(file);
  return path;
}

/** Each stage in a process of its own, or in several and the median. */
function measure(stages: readonly string[], path: string, seconds: number): StageFigures[] {
  const looks = values.save ? LOOKS_FOR_REFERENCE : 1;
  return stages.map((stage) => {
    const args = [process.argv[1]!, path, '--stage', stage, '--seconds', String(seconds)];
    const found = Array.from({ length: looks }, () => {
      const samples = execFileSync(process.execPath, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return figuresOf(stage, JSON.parse(samples) as Sample[]);
    });
    return found.sort((a, b) => a.octets - b.octets)[looks >> 1]!;
  });
}

/** Without the stages before it, where those were measured. */
function ownOf({ octets, stage }: StageFigures, before: number | undefined): string {
  const isFirst = STAGES.find(({ name }) => name === stage)!.after === '';
  return before === undefined && !isFirst ? '–' : (octets - (before ?? 0)).toFixed(2);
}

function show(kind: string, path: string, packets: number, figures: readonly StageFigures[]): void {
  const octets = new Map(figures.map((one) => [one.stage, one.octets]));
  console.log(
    `${kind}, ${packets} packets, ${Math.min(...figures.map((one) => one.samples))} samples or more\n`,
  );
  const head = [
    'stages up to',
    'ns/packet',
    'octets/packet',
    'of these its own',
    'of the reference',
    'GC ns/packet',
  ];
  if (isCounted) head.push(`${values.event}/packet`);
  console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`);
  for (const one of figures) {
    const stage = STAGES.find(({ name }) => name === one.stage)!;
    const change = changeOf(known, kind, one);
    const row = [
      one.stage,
      one.nanosPerPacket.toFixed(0),
      one.octets.toFixed(2),
      ownOf(one, octets.get(stage.after)),
      Number.isNaN(change) ? '–' : `${change.toFixed(2)}x`,
      one.garbageNanosPerPacket.toFixed(1),
    ];
    if (isCounted) row.push(countPerPacket(values.event, stage, path, packets)?.toFixed(1) ?? '–');
    console.log(`| ${row.join(' | ')} |`);
  }
  console.log('');
}

/** Stages that are slower in this look and in all further ones. */
function stillSlow(kind: string, path: string, figures: readonly StageFigures[]): string[] {
  const tolerance = toleranceOn(known, cpu, node);
  let slow = slowStages(known, kind, figures, tolerance);
  for (let look = 0; look < SECOND_LOOKS && slow.length > 0; look++) {
    console.log(`${kind}: looking again at ${slow.join(' | ')}`);
    const again = measure(slow, path, 2);
    for (const one of again) console.log(`  ${one.stage}: ${changeOf(known, kind, one).toFixed(2)}x`);
    slow = slowStages(known, kind, again, tolerance);
  }
  return slow;
}

try {
  const captures =
    positionals.length > 0
      ? positionals.map((path) => ({ kind: basename(path), path }))
      : values.kinds.split(',').map((kind) => ({ kind, path: make(kind) }));
  const octets: Record<string, Record<string, number>> = {};
  for (const { kind, path } of captures) {
    const figures = measure(
      STAGES.filter(({ ofContent }) => kind === captures[0]!.kind || ofContent === true).map(
        ({ name }) => name,
      ),
      path,
      Number(values.seconds),
    );
    const { packets: count, inLane } = await countPackets(path);
    show(kind, path, count, figures);
    console.log(`${((100 * inLane) / count).toFixed(1)} % of the packets take the express lane\n`);
    octets[kind] = Object.fromEntries(figures.map(({ stage, octets }) => [stage, Number(octets.toFixed(3))]));
    if (!values.gate) continue;
    const slow = stillSlow(kind, path, figures);
    if (slow.length === 0) continue;
    console.error(
      `${kind}: slower than ${toleranceOn(known, cpu, node)}x of the reference: ${slow.join(' | ')}`,
    );
    process.exitCode = 1;
  }
  if (values.save) {
    const found: Reference = { cpu, node, packets, octets };
    writeFileSync(REFERENCE, `${JSON.stringify(found, undefined, 2)}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
