/** Everything that is fuzzed. */
import assert from 'node:assert/strict';
import { LanscopeError } from '../../src/bytes/error.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { compileFilter } from '../../src/packet/filter/compile.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { PROTOCOLS } from '../../src/protocol/list.ts';
import { batchOf, issueNames, rowOf } from '../packet/decode-one.ts';
import { decodeRange } from '../protocol/decode.ts';
import { classicCapture } from './seeds.ts';
import type { FuzzInput, FuzzTarget } from './target.ts';

/** Bytes around a record that read like headers if someone looks. */
const POISONS = [0xff, 0x45, 0x00] as const;
const MAX_FLOWS = 512;
const MAX_DEVICES = 256;

function headersIn(input: FuzzInput, after: number, poison: number): unknown {
  const batch = batchOf(input.bytes, input, 16, after, poison);
  const issues = new IssueCounter();
  decodeHeaders(batch, issues);
  return { ...rowOf(batch, 0), issues: issueNames(issues) };
}

/** Header columns do not depend on what surrounds the frame. */
const headers: FuzzTarget = {
  name: 'headers',
  kind: 'frame',
  run(input) {
    const alone = headersIn(input, 0, 0xa5);
    for (const poison of POISONS) assert.deepEqual(headersIn(input, 256, poison), alone);
  },
};

const EXPRESSIONS = [
  'tcp[((tcp[12] & 0xf0) >> 2):4] = 0',
  'host 1.2.3.4 or net fe80::/10',
  'ether[30:4] > ip[2:2]',
  'vlan 1',
];
const FILTERS = EXPRESSIONS.map(compileFilter);

/** Filters read what was captured, and nothing else. */
const filters: FuzzTarget = {
  name: 'filters',
  kind: 'frame',
  run(input) {
    const outcome = (after: number, poison: number): boolean[] => {
      const batch = batchOf(input.bytes, input, 16, after, poison);
      decodeHeaders(batch, new IssueCounter());
      return FILTERS.map((accepts) => accepts(batch, 0));
    };
    const alone = outcome(0, 0);
    for (const poison of POISONS) assert.deepEqual(outcome(256, poison), alone);
  },
};

/** Every message decoder on the payload, whatever its ports: the same alone and amid poison. */
const messages: FuzzTarget = {
  name: 'messages',
  kind: 'frame',
  run(input) {
    const batch = batchOf(input.bytes, input, 0);
    decodeHeaders(batch, new IssueCounter());
    const at = batch.payloadOffset[0]!;
    const payload = batch.bytes.slice(at, at + batch.payloadCapLen[0]!);
    const poisoned = new Uint8Array(payload.length + 192).fill(0x31);
    poisoned.set(payload, 64);
    for (const decoder of PROTOCOLS) {
      const ports = { srcPort: batch.srcPort[0]!, dstPort: batch.dstPort[0]! };
      const alone = decodeRange(decoder, payload, 0, payload.length, ports);
      assert.deepEqual(decodeRange(decoder, poisoned, 64, 64 + payload.length, ports), alone, decoder.name);
    }
  },
};

/** One engine that never ends: its state stays within its bounds. */
function endlessEngine(): FuzzTarget {
  const config = {
    ...DEFAULT_CONFIG,
    flow: { ...DEFAULT_CONFIG.flow, maxFlows: MAX_FLOWS },
    device: { ...DEFAULT_CONFIG.device, maxDevices: MAX_DEVICES },
  };
  let pipeline = new Pipeline({ config, selection: null, outputs: [] });
  let packets = 0;
  return {
    name: 'engine',
    kind: 'frame',
    run(input) {
      const batch = batchOf(input.bytes, input, 3);
      batch.firstPacketNumber = ++packets;
      batch.tsSeconds[0] = 1_700_000_000 + Math.floor(packets / 10);
      try {
        pipeline.process(batch);
      } catch (error) {
        // A broken engine would fail on all that follows.
        pipeline = new Pipeline({ config, selection: null, outputs: [] });
        throw error;
      }
      assert.ok(pipeline.flows.active <= MAX_FLOWS);
      assert.ok(pipeline.devices.devices.length <= MAX_DEVICES);
    },
  };
}

async function reportOf(bytes: Uint8Array, chunkSize: number, batchSize: number): Promise<unknown> {
  try {
    const source = openMemory(bytes, { chunkSize, batchSize, noHash: true });
    const { report } = await analyzeSource(source, { version: 'fuzz' });
    return { ...report, run: null };
  } catch (error) {
    if (error instanceof LanscopeError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** A damaged file gives a report or a `LanscopeError`, the same at any chunk and batch size. */
const captures: FuzzTarget = {
  name: 'captures',
  kind: 'capture',
  async run(input) {
    const whole = await reportOf(input.bytes, 1 << 20, 4096);
    assert.deepEqual(
      await reportOf(input.bytes, 1 + (input.bytes.length % 97), 1 + (input.bytes.length % 5)),
      whole,
    );
  },
};

/** A frame in a valid file: the whole way to the report. */
const reports: FuzzTarget = {
  name: 'reports',
  kind: 'frame',
  async run(input) {
    const file = classicCapture([input]);
    assert.deepEqual(await reportOf(file, 7, 1), await reportOf(file, 1 << 20, 4096));
  },
};

export function createTargets(): FuzzTarget[] {
  return [headers, filters, messages, endlessEngine(), reports, captures];
}
