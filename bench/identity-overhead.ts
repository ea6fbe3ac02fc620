/**
 * What decoding messages and finding out who is who add to a bare flow pass: `tsx bench/identity-overhead.ts
 * [capture] [--rounds N] [--megabytes N] [--limit PERCENT]`. Every row runs in a process of its own, rows in turn, and
 * is told in processor time, so that other programs on the machine disturb it little. Exit 1 when `--limit` is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCaptures } from '../src/capture/open.ts';
import { identify } from '../src/device/identify.ts';
import { DeviceRegistry } from '../src/device/registry.ts';
import { DEFAULT_CONFIG } from '../src/engine/config.ts';
import { Totals } from '../src/engine/totals.ts';
import { Inspector } from '../src/flow/inspect.ts';
import { FlowIntake } from '../src/flow/intake.ts';
import { FlowTable } from '../src/flow/table.ts';
import { decodeHeaders } from '../src/packet/decode.ts';
import { IssueCounter } from '../src/packet/issue.ts';

/** Each does what the one before it does, and more. */
const STAGES = ['bare flow pass', '+ devices by packet and flow', '+ messages', '+ learning, identities'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '961' },
    limit: { type: 'string' },
    stage: { type: 'string' },
  },
});

interface Cost {
  readonly ms: number;
  readonly packets: number;
  readonly messages: number;
}

/** Processor time of reading a capture through the first `stage + 1` stages, start-up excluded. */
async function run(capture: string, stage: number): Promise<Cost> {
  const issues = new IssueCounter();
  const totals = new Totals();
  let messages = 0;
  const devices = stage >= 1 ? new DeviceRegistry(issues) : null;
  const flows: FlowTable = new FlowTable(DEFAULT_CONFIG.flow, issues, {
    flowEnd: (slot) => {
      inspector?.flowEnd(slot);
      devices?.flowEnd(slot, flows);
    },
  });
  const inspector =
    stage < 2
      ? null
      : new Inspector(flows, issues, (observation, context) => {
          messages++;
          if (stage >= 3) devices!.observe(observation, context);
        });
  const intake = inspector === null ? null : new FlowIntake(flows, inspector, issues);
  const source = openCaptures([capture], { noHash: true });
  const before = process.cpuUsage();
  for await (const batch of source) {
    decodeHeaders(batch, issues);
    totals.add(batch, null);
    for (let i = batch.start; i < batch.count; i++) {
      devices?.packet(batch, i);
      if (intake === null) flows.packet(batch, i);
      else intake.packet(batch, i);
    }
  }
  flows.end();
  devices?.end();
  if (stage >= 3) for (const device of devices!.devices) identify(device);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, packets: totals.packets, messages };
}

function runApart(capture: string, stage: number): Cost {
  const output = execFileSync(
    process.execPath,
    [...process.execArgv, import.meta.filename, capture, '--stage', String(stage)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(output) as Cost;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1]!;
}

function compare(capture: string): boolean {
  const costs: Cost[][] = STAGES.map(() => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const stage of STAGES.keys()) costs[stage]!.push(runApart(capture, stage));
  }
  const { packets, messages } = costs.at(-1)![0]!;
  const medians = costs.map((rounds) => median(rounds.map(({ ms }) => ms)));
  const bare = medians[0]!;
  console.log(`${packets} packets, ${messages} messages, medians of ${values.rounds} rounds\n`);
  console.log('| stages | CPU ms | ns/packet | added to the bare pass |');
  console.log('|---|---|---|---|');
  for (const [stage, name] of STAGES.entries()) {
    const ms = medians[stage]!;
    const added = stage === 0 ? '' : `${(((ms - bare) / bare) * 100).toFixed(0)} %`;
    console.log(`| ${name} | ${ms.toFixed(0)} | ${((ms * 1e6) / packets).toFixed(0)} | ${added} |`);
  }
  return values.limit === undefined || ((medians.at(-1)! - bare) / bare) * 100 <= Number(values.limit);
}

if (values.stage !== undefined) {
  console.log(JSON.stringify(await run(positionals[0]!, Number(values.stage))));
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'lanscope-bench-'));
  try {
    let capture = positionals[0] ?? '';
    if (capture === '') {
      capture = join(scratch, 'capture.pcap');
      const make = join(import.meta.dirname, '../scripts/make-large-capture.ts');
      const size = ['--kind', 'mixed', '--megabytes', values.megabytes];
      execFileSync(process.execPath, [...process.execArgv, make, '--out', capture, ...size]);
    }
    if (!compare(capture)) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
