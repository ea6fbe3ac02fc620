import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inspector } from '../../src/flow/inspect.ts';
import { FLOW_END } from '../../src/flow/flows.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../../src/flow/table.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';

/** `bench/concurrent-flows.ts` does the same with five million. */
test('more flows at once than the default bound: the table stops growing, evicts, counts and says so', () => {
  const { maxFlows } = DEFAULT_FLOW_CONFIG;
  const total = maxFlows + 50_000;
  const issues = new IssueCounter();
  let evicted = 0;
  const flows: FlowTable = new FlowTable(DEFAULT_FLOW_CONFIG, issues, {
    flowEnd: (slot) => {
      if (flows.endReason === FLOW_END.evicted) evicted++;
      inspector.flowEnd(slot);
    },
  });
  const inspector = new Inspector(flows, issues, () => {});
  const batch = new PacketBatch(1);
  batch.count = 1;
  batch.layers[0] = LAYER.ipv4 | LAYER.udp;
  batch.bytes = new Uint8Array(64).fill(0xee);
  batch.byteLength = batch.payloadCapLen[0] = batch.payloadLen[0] = 64;
  batch.srcIp[2] = batch.dstIp[2] = 0xffff;
  batch.dstIp[3] = 0x0d00_0001;
  batch.dstPort[0] = 40_000;
  for (let n = 0; n < total; n++) {
    batch.firstPacketNumber = n + 1;
    batch.tsSeconds[0] = 1_700_000_000;
    batch.tsNanos[0] = n * 1000;
    batch.srcIp[3] = 0x0a00_0000 + n;
    batch.srcPort[0] = n & 0xffff;
    inspector.packet(batch, 0, flows.packet(batch, 0));
  }
  assert.equal(flows.active, maxFlows);
  assert.equal(flows.capacity, maxFlows);
  assert.deepEqual([flows.evicted, evicted], [50_000, 50_000]);
  assert.equal(issues.count[ISSUE['flow/evicted']], 50_000);
  const bytes = flows.bytesPerSlot + inspector.bytesPerSlot;
  assert.ok(bytes > 200 && bytes < 300, `${bytes} bytes a flow`);
  assert.ok(bytes * flows.capacity < 80e6);
  flows.end();
  assert.equal(flows.active, 0);
});
