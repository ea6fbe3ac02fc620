import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FlowTable } from '../../src/flow/table.ts';
import { TopFlows } from '../../src/report/flows.ts';

/** As much of a flow table as a row asks for: one flow, whose bytes and packets are given. */
function tableOf(id: number, bytes: number, packets: number): FlowTable {
  return {
    id: [id],
    firstSeconds: [id],
    firstNanos: [0],
    ipProtocol: [6],
    origIp: new Uint32Array([0, 0, 0xffff, 1]),
    respIp: new Uint32Array([0, 0, 0xffff, 2]),
    origPort: [1],
    respPort: [2],
    origPackets: [packets],
    respPackets: [0],
    origIpBytes: [bytes],
    respIpBytes: [0],
    service: [0],
    tunnelPort: () => undefined,
    durationNanos: () => bytes,
    connState: () => 'S0',
    history: () => 'S',
  } as unknown as FlowTable;
}

test('the kept flows are the first of all when sorted, however many pass by', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.nat({ max: 20 }), packets: fc.nat({ max: 20 }) }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom('bytes' as const, 'packets' as const, 'start' as const),
      (flows, limit, sort) => {
        const top = new TopFlows(limit, sort);
        for (const [id, { bytes, packets }] of flows.entries()) top.flowEnd(0, tableOf(id, bytes, packets));
        const key = (id: number) => (sort === 'start' ? 0 : flows[id]![sort]);
        const wanted = [...flows.keys()].sort((a, b) => key(b) - key(a) || a - b).slice(0, limit);
        assert.deepEqual(
          top.rows().map(({ flow }) => flow - 1),
          wanted,
        );
        assert.equal(top.seen, flows.length);
      },
    ),
  );
});
