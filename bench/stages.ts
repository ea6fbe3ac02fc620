/**
 * Nanoseconds per packet of each stage, on one capture: `npm run bench -- [capture] [--rounds N]`. Each row runs the
 * stages up to the one it names, so a stage costs the difference to the row above. The calibration loop is arithmetic
 * that depends on nothing of lanscope: compare ratios to it between machines, never seconds.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openCaptures } from '../src/capture/open.ts';
import { DEFAULT_CONFIG } from '../src/engine/config.ts';
import { Pipeline } from '../src/engine/pipeline.ts';
import { HotMemory } from '../src/hot/memory.ts';
import { DeviceRegistry } from '../src/device/registry.ts';
import { FlowTable } from '../src/flow/table.ts';
import type { PacketBatch } from '../src/packet/batch.ts';
import { decodeHeaders } from '../src/packet/decode.ts';
import { IssueCounter } from '../src/packet/issue.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, packets: { type: 'string', default: '1000000' } },
});

/** Makes a consumer of batches; a new one each round, so that tables start empty. */
type Stage = (memory: HotMemory) => (batch: PacketBatch) => void;

const STAGES: Readonly<Record<string, Stage>> = {
  read: () => () => {},
  'read + headers': () => {
    const issues = new IssueCounter();
    return (batch) => decodeHeaders(batch, issues);
  },
  'read + headers + flows': () => {
    const issues = new IssueCounter();
    const flows = new FlowTable(DEFAULT_CONFIG.flow, issues);
    return (batch) => {
      decodeHeaders(batch, issues);
      for (let i = batch.start; i < batch.count; i++) flows.packet(batch, i);
    };
  },
  'read + headers + devices': () => {
    const issues = new IssueCounter();
    const devices = new DeviceRegistry(issues);
    return (batch) => {
      decodeHeaders(batch, issues);
      for (let i = batch.start; i < batch.count; i++) devices.packet(batch, i);
    };
  },
  everything: (memory) => {
    const pipeline = new Pipeline({ config: DEFAULT_CONFIG, selection: null, outputs: [], memory });
    countLane(memory);
    return (batch) => pipeline.process(batch);
  },
};

/** Packets of the last pass of `everything` that took the express lane. */
let inLane = 0;

function countLane(memory: HotMemory): void {
  inLane = 0;
  const { core } = memory;
  const run = (base: number, i: number, end: number): number => {
    const stopped = core.run(base, i, end);
    inLane += stopped - i;
    return stopped;
  };
  Object.assign(memory, { core: { ...core, run } });
}

let garbageMs = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    garbageMs +=
      (entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_WEAKCB
        ? 0
        : entry.duration;
  }
}).observe({ entryTypes: ['gc'] });

async function run(capture: string, stage: Stage, noHash: boolean): Promise<{ ns: number; packets: number }> {
  const memory = HotMemory.open();
  const { core } = memory;
  const consume = stage(memory);
  const source = openCaptures([capture], { noHash, memory });
  let packets = 0;
  const started = process.hrtime.bigint();
  for await (const batch of source) {
    packets += batch.count - batch.start;
    consume(batch);
  }
  const ns = Number(process.hrtime.bigint() - started) / packets;
  // It is used again: without what counts.
  Object.assign(memory, { core });
  memory.close();
  return { ns, packets };
}

/** Nanoseconds per step of a loop of integer arithmetic. */
function calibrate(): number {
  const steps = 50_000_000;
  let x = 1;
  const started = process.hrtime.bigint();
  for (let i = 0; i < steps; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  const ns = Number(process.hrtime.bigint() - started) / steps;
  return x === 0 ? 0 : ns;
}

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
try {
  let capture = positionals[0] ?? '';
  if (capture === '') {
    capture = join(scratch, 'capture.pcap');
    const make = [
      '--import',
      'tsx',
      'scripts/make-large-capture.ts',
      '--out',
      capture,
      '--packets',
      values.packets,
    ];
    execFileSync(process.execPath, make, { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
  }
  calibrate();
  const calibration = calibrate();
  console.log(`calibration loop: ${calibration.toFixed(3)} ns a step\n`);
  console.log('| stages | ns/packet (best) | in calibration steps | GC ms |');
  console.log('|---|---|---|---|');
  const rows: [string, Stage, boolean][] = Object.entries(STAGES).map(([name, stage]) => [name, stage, true]);
  rows.splice(1, 0, ['read with SHA-256', STAGES['read']!, false]);
  let share = 0;
  for (const [name, stage, noHash] of rows) {
    let best = Number.POSITIVE_INFINITY;
    garbageMs = 0;
    for (let round = 0; round < Number(values.rounds); round++) {
      const { ns, packets } = await run(capture, stage, noHash);
      best = Math.min(best, ns);
      share = inLane / packets;
    }
    const garbage = garbageMs / Number(values.rounds);
    console.log(
      `| ${name} | ${best.toFixed(0)} | ${(best / calibration).toFixed(0)} | ${garbage.toFixed(0)} |`,
    );
  }
  console.log(`\n${(share * 100).toFixed(1)} % of the packets took the express lane`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
