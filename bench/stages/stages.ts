/** What is measured: each stage runs those before it too, so that it costs the difference to them. */
import { openCaptures } from '../../src/capture/open.ts';
import type { Source } from '../../src/capture/source.ts';
import { DeviceRegistry } from '../../src/device/registry.ts';
import { assembleReport } from '../../src/engine/assemble.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { FlowIntake } from '../../src/flow/intake.ts';
import { Inspector } from '../../src/flow/inspect.ts';
import { FlowTable } from '../../src/flow/table.ts';
import { HotMemory } from '../../src/hot/memory.ts';
import type { PacketBatch } from '../../src/packet/batch.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { reportChunks } from '../../src/report/canonical.ts';

/** One pass of a stage over a capture; everything starts empty. */
interface Pass {
  readonly consume: (batch: PacketBatch) => void;
  readonly end?: (source: Source) => void;
}

export interface Stage {
  readonly name: string;
  /** The one that it is compared with to know what it costs itself; '' for none. */
  readonly after: string;
  readonly hashes?: boolean;
  /** What packets hold matters: worth measuring on each kind of capture, the others on the first alone. */
  readonly ofContent?: boolean;
  /** `memory` is that in which the batches lie. */
  readonly begin: (memory: HotMemory) => Pass;
}

export const STAGES: readonly Stage[] = [
  { name: 'read', after: '', begin: () => ({ consume: () => {} }) },
  { name: 'read, SHA-256', after: 'read', hashes: true, begin: () => ({ consume: () => {} }) },
  {
    name: 'headers',
    after: 'read',
    begin: () => {
      const issues = new IssueCounter();
      return { consume: (batch) => decodeHeaders(batch, issues) };
    },
  },
  {
    name: 'flows',
    after: 'headers',
    begin: () => {
      const issues = new IssueCounter();
      const flows = new FlowTable(DEFAULT_CONFIG.flow, issues);
      return {
        consume: (batch) => {
          decodeHeaders(batch, issues);
          for (let i = batch.start; i < batch.count; i++) flows.packet(batch, i);
        },
        end: () => flows.end(),
      };
    },
  },
  {
    name: 'messages',
    after: 'flows',
    ofContent: true,
    begin: () => {
      const issues = new IssueCounter();
      const flows: FlowTable = new FlowTable(DEFAULT_CONFIG.flow, issues, {
        flowEnd: (slot) => inspector.flowEnd(slot),
      });
      const inspector: Inspector = new Inspector(flows, issues, () => {});
      const intake = new FlowIntake(flows, inspector, issues);
      return {
        consume: (batch) => {
          decodeHeaders(batch, issues);
          for (let i = batch.start; i < batch.count; i++) intake.packet(batch, i);
        },
        end: () => flows.end(),
      };
    },
  },
  {
    name: 'devices',
    after: 'headers',
    begin: () => {
      const issues = new IssueCounter();
      const devices = new DeviceRegistry(issues);
      return {
        consume: (batch) => {
          decodeHeaders(batch, issues);
          for (let i = batch.start; i < batch.count; i++) devices.packet(batch, i);
        },
      };
    },
  },
  // All stages and detectors, each packet by the long way: what who asks for every packet gets.
  { name: 'all, the long way', after: 'messages', begin: () => wholePass(null, false) },
  // As `analyze` does it, with the express lane.
  { name: 'all', after: 'messages', ofContent: true, begin: (memory) => wholePass(memory, false) },
  { name: 'all, and the report', after: 'all', ofContent: true, begin: (memory) => wholePass(memory, true) },
];

function wholePass(memory: HotMemory | null, reports: boolean): Pass {
  const pipeline = new Pipeline({
    config: DEFAULT_CONFIG,
    selection: null,
    outputs: [],
    ...(memory === null ? {} : { memory }),
  });
  return {
    consume: (batch) => pipeline.process(batch),
    end: (source) => {
      pipeline.finish();
      if (!reports) return;
      const facts = { complete: true, version: 'bench', startedAt: new Date(0), elapsedMs: 0 };
      const report = assembleReport(pipeline, source.inputs, facts);
      for (const _ of reportChunks(report));
    },
  };
}

export interface PassCost {
  readonly packets: number;
  /** Processor time of the process, all its threads. */
  readonly micros: number;
}

/** One pass; what is made before its first packet is not counted. */
export async function runPass(stage: Stage, capture: string): Promise<PassCost> {
  const memory = HotMemory.open();
  try {
    const pass = stage.begin(memory);
    const source = openCaptures([capture], { noHash: stage.hashes !== true, memory });
    let packets = 0;
    const before = process.cpuUsage();
    for await (const batch of source) {
      packets += batch.count - batch.start;
      pass.consume(batch);
    }
    pass.end?.(source);
    const { user, system } = process.cpuUsage(before);
    await source.close();
    return { packets, micros: user + system };
  } finally {
    memory.close();
  }
}

/** Packets of a capture, and how many of them take the express lane in `all`. */
export async function countPackets(capture: string): Promise<{ packets: number; inLane: number }> {
  const memory = HotMemory.open();
  const { core } = memory;
  let inLane = 0;
  const run = (base: number, i: number, end: number): number => {
    const stopped = core.run(base, i, end);
    inLane += stopped - i;
    return stopped;
  };
  Object.assign(memory, { core: { ...core, run } });
  const { consume } = wholePass(memory, false);
  let packets = 0;
  for await (const batch of openCaptures([capture], { noHash: true, memory })) {
    packets += batch.count - batch.start;
    consume(batch);
  }
  // It is not given back: it counts.
  return { packets, inLane };
}
