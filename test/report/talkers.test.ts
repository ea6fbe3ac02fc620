import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowTable } from '../../src/flow/table.ts';
import { Talkers } from '../../src/report/talkers.ts';

/** As much of a flow table as hosts ask for: one flow. */
function flow(orig: number, resp: number, sent: number, received: number): FlowTable {
  return {
    origIp: new Uint32Array([0, 0, 0xffff, orig]),
    respIp: new Uint32Array([0, 0, 0xffff, resp]),
    origPackets: [1],
    respPackets: [2],
    origIpBytes: [sent],
    respIpBytes: [received],
  } as unknown as FlowTable;
}

test('both ends of a flow are counted, each from its side', () => {
  const talkers = new Talkers();
  talkers.flowEnd(0, flow(1, 2, 10, 100));
  talkers.flowEnd(0, flow(1, 3, 20, 5));
  assert.deepEqual(talkers.rows(2, 'bytes'), [
    { address: '0.0.0.1', opened: 2, accepted: 0, packets: 6, sent: 30, received: 105 },
    { address: '0.0.0.2', opened: 0, accepted: 1, packets: 3, sent: 100, received: 10 },
  ]);
  assert.equal(talkers.hosts, 3);
  assert.equal(talkers.isApproximate, false);
});

test('beyond the bound the small ones go, the great ones stay, and it is said', () => {
  const talkers = new Talkers(64);
  for (let n = 0; n < 10_000; n++) {
    talkers.flowEnd(0, flow(1, 2, 1000, 1000));
    talkers.flowEnd(0, flow(1000 + n, 3, 1, 1));
    assert.ok(talkers.hosts <= 66);
  }
  assert.equal(talkers.isApproximate, true);
  assert.deepEqual(
    talkers.rows(3, 'bytes').map(({ address, packets }) => [address, packets]),
    [
      ['0.0.0.1', 30_000],
      ['0.0.0.2', 30_000],
      ['0.0.0.3', 30_000],
    ],
  );
});
