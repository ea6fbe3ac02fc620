import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openCaptures } from '../../src/capture/open.ts';
import { FlowIntake } from '../../src/flow/intake.ts';
import { Inspector } from '../../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../../src/flow/table.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { connValues } from '../../src/report/zeek/conn.ts';

const CORPUS = join(import.meta.dirname, '../../corpus');
/** Small bounds, so that each of them is met. */
const TIGHT = { ...DEFAULT_FLOW_CONFIG, maxFlows: 16, inspectBudgetBytes: 8192, maxFragmented: 2 };

interface Frame {
  readonly bytes: Uint8Array;
  readonly linkType: number;
}
const frames: Frame[] = [];

before(async () => {
  for (const name of ['home-lan', 'encapsulations']) {
    for await (const batch of openCaptures([join(CORPUS, name, 'capture.pcapng')])) {
      for (let i = batch.start; i < batch.count && frames.length < 2000; i++) {
        const at = batch.frameOffset[i]!;
        frames.push({ bytes: batch.bytes.slice(at, at + batch.capLen[i]!), linkType: batch.linkType[i]! });
      }
    }
  }
  assert.ok(frames.length > 100);
});

const mutation = fc.record({
  frame: fc.nat(),
  flips: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
  cut: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  gap: fc.integer({ min: -5, max: 90 }),
});

test('damaged frames in any order: nothing throws, all flows end, and the bounds hold', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 120 }), (mutations) => {
      const issues = new IssueCounter();
      let started = 0;
      let ended = 0;
      const flows: FlowTable = new FlowTable(TIGHT, issues, {
        flowStart: () => started++,
        flowEnd: (slot) => {
          ended++;
          connValues(flows, slot);
          inspector.flowEnd(slot);
        },
      });
      const inspector: Inspector = new Inspector(flows, issues, () => {});
      const intake = new FlowIntake(flows, inspector, issues);
      let at = 1000;
      mutations.forEach(({ frame, flips, cut, gap }, n) => {
        const { bytes, linkType } = frames[frame % frames.length]!;
        const damaged = bytes.slice();
        for (const [place, value] of flips) if (place < damaged.length) damaged[place] = value;
        const batch = new PacketBatch(1);
        batch.bytes = damaged.subarray(0, Math.floor(damaged.length * cut));
        batch.byteLength = batch.capLen[0] = batch.bytes.length;
        batch.wireLen[0] = damaged.length;
        batch.linkType[0] = linkType;
        batch.tsSeconds[0] = at += gap;
        batch.count = 1;
        batch.firstPacketNumber = n + 1;
        decodeHeaders(batch, issues);
        intake.packet(batch, 0);
        assert.ok(flows.active <= TIGHT.maxFlows);
      });
      flows.end();
      assert.equal(ended, started);
      assert.equal(flows.active, 0);
    }),
    { numRuns: 150 },
  );
});
