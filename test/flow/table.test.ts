import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FLOW_END } from '../../src/flow/flows.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig, FlowTable } from '../../src/flow/table.ts';
import type { PacketBatch } from '../../src/packet/batch.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { batchOf, type Row } from './rows.ts';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

interface Ended {
  readonly id: number;
  readonly state: string;
  readonly history: string;
  readonly orig: readonly [packets: number, ipBytes: number, payload: number];
  readonly resp: readonly [packets: number, ipBytes: number, payload: number];
  readonly from: string;
  readonly missed: number;
  readonly nanos: number;
  readonly reason: number;
}

function ended(flows: FlowTable, slot: number): Ended {
  const end = (ip: Uint32Array, port: number): string => `${ip[slot * 4 + 3]! & 255}:${port}`;
  return {
    id: flows.id[slot]!,
    state: flows.connState(slot),
    history: flows.history(slot),
    orig: [flows.origPackets[slot]!, flows.origIpBytes[slot]!, flows.payloadBytes(slot, true)],
    resp: [flows.respPackets[slot]!, flows.respIpBytes[slot]!, flows.payloadBytes(slot, false)],
    from: `${end(flows.origIp, flows.origPort[slot]!)} ${end(flows.respIp, flows.respPort[slot]!)}`,
    missed: flows.missedBytes(slot),
    nanos: flows.durationNanos(slot),
    reason: flows.endReason,
  };
}

function run(batches: readonly PacketBatch[], config: FlowConfig = DEFAULT_FLOW_CONFIG) {
  const issues = new IssueCounter();
  const all: Ended[] = [];
  let starts = 0;
  const flows: FlowTable = new FlowTable(config, issues, {
    flowStart: () => starts++,
    flowEnd: (slot) => all.push(ended(flows, slot)),
  });
  let packets = 0;
  for (const batch of batches) {
    for (let i = batch.start; i < batch.count; i++) if (flows.packet(batch, i) >= 0) packets++;
  }
  flows.end();
  assert.equal(starts, all.length);
  assert.equal(flows.active, 0);
  return { all: all.sort((a, b) => a.id - b.id), packets, issues, flows };
}

const C = { from: 1, to: 2, srcPort: 40000, dstPort: 80 } as const;
const S = { from: 2, to: 1, srcPort: 80, dstPort: 40000 } as const;
const HANDSHAKE: readonly Row[] = [
  { at: 10, ...C, flags: SYN, seq: 1000 },
  { at: 10.1, ...S, flags: SYN | ACK, seq: 5000, ack: 1001 },
  { at: 10.2, ...C, flags: ACK, seq: 1001, ack: 5001 },
];

/** State and history of the one flow that the rows make. */
function only(rows: readonly Row[]): Ended {
  const { all } = run([batchOf(rows)]);
  assert.equal(all.length, 1, JSON.stringify(all));
  return all[0]!;
}

const SCENARIOS: readonly (readonly [name: string, rows: readonly Row[], state: string, history: string])[] =
  [
    ['a SYN without an answer', [HANDSHAKE[0]!], 'S0', 'S'],
    ['a repeated SYN', [HANDSHAKE[0]!, { at: 11, ...C, flags: SYN, seq: 1000 }], 'S0', 'S'],
    ['established', HANDSHAKE, 'S1', 'ShA'],
    ['refused', [HANDSHAKE[0]!, { at: 10.1, ...S, flags: RST | ACK, seq: 0, ack: 1001 }], 'REJ', 'Sr'],
    ['aborted before an answer', [HANDSHAKE[0]!, { at: 10.1, ...C, flags: RST, seq: 1001 }], 'RSTOS0', 'SR'],
    ['aborted by the originator', [...HANDSHAKE, { at: 11, ...C, flags: RST, seq: 1001 }], 'RSTO', 'ShAR'],
    ['aborted by the responder', [...HANDSHAKE, { at: 11, ...S, flags: RST, seq: 5001 }], 'RSTR', 'ShAr'],
    [
      'half closed by the originator',
      [...HANDSHAKE, { at: 11, ...C, flags: FIN | ACK, seq: 1001, ack: 5001 }],
      'S2',
      'ShAF',
    ],
    [
      'half closed by the responder',
      [...HANDSHAKE, { at: 11, ...S, flags: FIN | ACK, seq: 5001, ack: 1001 }],
      'S3',
      'ShAf',
    ],
    [
      'closed by both',
      [
        ...HANDSHAKE,
        { at: 11, ...C, flags: FIN | ACK, seq: 1001, ack: 5001 },
        { at: 11.1, ...S, flags: FIN | ACK, seq: 5001, ack: 1002 },
        { at: 11.2, ...C, flags: ACK, seq: 1002, ack: 5002 },
      ],
      'SF',
      'ShAFf',
    ],
    ['SYN then FIN', [HANDSHAKE[0]!, { at: 10.5, ...C, flags: FIN, seq: 1001 }], 'SH', 'SF'],
    ['SYN-ACK alone from a server port', [HANDSHAKE[1]!], 'OTH', '^h'],
    [
      'SYN-ACK, then RST of the responder',
      [HANDSHAKE[1]!, { at: 10.2, ...S, flags: RST, seq: 5001 }],
      'RSTRH',
      '^hr',
    ],
    [
      'data from the middle, toward the server',
      [{ at: 1, ...C, flags: ACK, seq: 7, ack: 9, length: 5 }],
      'OTH',
      'D',
    ],
    [
      'data from the middle, from the server',
      [{ at: 1, ...S, flags: ACK, seq: 7, ack: 9, length: 5 }],
      'OTH',
      '^d',
    ],
    [
      'SYN-ACK before its SYN, between ports that say nothing',
      [
        { at: 1, from: 2, to: 1, srcPort: 50000, dstPort: 40000, flags: SYN | ACK, seq: 5000, ack: 1001 },
        { at: 1.1, from: 1, to: 2, srcPort: 40000, dstPort: 50000, flags: SYN, seq: 1000 },
        { at: 1.2, from: 1, to: 2, srcPort: 40000, dstPort: 50000, flags: ACK, seq: 1001, ack: 5001 },
      ],
      'S1',
      'Hs^A',
    ],
    [
      'all at once in one segment',
      [
        { at: 1, ...C, flags: SYN | FIN, seq: 1 },
        { at: 1, ...C, flags: FIN | RST, seq: 1 },
      ],
      'OTH',
      'QI',
    ],
    [
      'zero windows and repetitions, the tenth again',
      [
        ...HANDSHAKE,
        { at: 11, ...C, flags: ACK, seq: 1001, ack: 5001, length: 10 },
        ...Array.from({ length: 10 }, (): Row => ({
          at: 12,
          ...C,
          flags: ACK,
          seq: 1001,
          ack: 5001,
          length: 10,
        })),
        ...Array.from({ length: 10 }, (): Row => ({
          at: 13,
          ...S,
          flags: ACK,
          seq: 5001,
          ack: 1011,
          window: 0,
        })),
      ],
      'S1',
      'ShADTTaww',
    ],
  ];

for (const [name, rows, state, history] of SCENARIOS) {
  test(`${state}: ${name}`, () => {
    const flow = only(rows);
    assert.deepEqual([flow.state, flow.history], [state, history]);
  });
}

test('payload bytes come from sequence numbers: what was lost counts, and is missed', () => {
  const flow = only([
    ...HANDSHAKE,
    { at: 11, ...C, flags: ACK, seq: 1001, ack: 5001, length: 100 },
    { at: 11.1, ...C, flags: ACK, seq: 1201, ack: 5001, length: 50 },
    { at: 11.2, ...S, flags: ACK, seq: 5001, ack: 1251 },
  ]);
  assert.deepEqual(flow.orig, [4, 4 * 40 + 150, 250]);
  assert.equal(flow.missed, 100);
  assert.equal(flow.history, 'ShADaG');
});

test('sequence numbers wrap', () => {
  const flow = only([
    { at: 1, ...C, flags: SYN, seq: 0xffff_fff0 },
    { at: 1.1, ...S, flags: SYN | ACK, seq: 5, ack: 0xffff_fff1 },
    { at: 1.2, ...C, flags: ACK, seq: 0xffff_fff1, ack: 6, length: 1000 },
    { at: 1.3, ...S, flags: ACK, seq: 6, ack: 985 },
    { at: 1.4, ...C, flags: FIN | ACK, seq: 985, ack: 6 },
    { at: 1.5, ...S, flags: FIN | ACK, seq: 6, ack: 986 },
  ]);
  assert.deepEqual([flow.state, flow.orig[2], flow.resp[2], flow.missed], ['SF', 1000, 0, 0]);
});

test('a SYN after the close begins another flow; late segments of the old one do not', () => {
  const closed: Row[] = [
    ...HANDSHAKE,
    { at: 11, ...C, flags: FIN | ACK, seq: 1001, ack: 5001 },
    { at: 11.1, ...S, flags: FIN | ACK, seq: 5001, ack: 1002 },
    { at: 11.2, ...C, flags: ACK, seq: 1002, ack: 5002 },
  ];
  const { all } = run([batchOf([...closed, { at: 12, ...C, flags: SYN, seq: 9000 }])]);
  assert.deepEqual(
    all.map((flow) => [flow.state, flow.reason]),
    [
      ['SF', FLOW_END.reused],
      ['S0', FLOW_END.capture],
    ],
  );
  // The last acknowledgement does not lengthen the flow.
  assert.equal(all[0]!.nanos, 1_100_000_000);
});

test('timeouts are exact in packet time, whenever the wheel turns', () => {
  const udp = { protocol: 'udp', srcPort: 5, dstPort: 6 } as const;
  const silences = [59.999, 60, 60.001];
  for (const silence of silences) {
    const { all } = run([
      batchOf([
        { at: 100.25, from: 1, to: 2, ...udp },
        { at: 100.25 + silence, from: 1, to: 2, ...udp },
      ]),
    ]);
    assert.equal(all.length, silence < 60 ? 1 : 2, `silence of ${silence} s`);
  }
  const attempt = [
    { at: 1, ...C, flags: SYN, seq: 1 },
    { at: 8, ...C, flags: SYN, seq: 1 },
  ];
  assert.equal(run([batchOf(attempt)]).all.length, 2);
});

test('idle flows end while other packets come, not at the end of the capture', () => {
  const rows: Row[] = [{ at: 1, from: 1, to: 2, protocol: 'udp', srcPort: 5, dstPort: 6 }];
  for (let s = 2; s < 70; s++) rows.push({ at: s, from: 3, to: 4, protocol: 'udp', srcPort: 7, dstPort: 8 });
  const { all } = run([batchOf(rows)]);
  assert.deepEqual(
    all.map((flow) => flow.reason),
    [FLOW_END.timeout, FLOW_END.capture],
  );
});

test('ICMP requests and replies are one flow, one-way types are not', () => {
  const echo = run([
    batchOf([
      { at: 1, from: 1, to: 2, protocol: 'icmp', srcPort: 8, dstPort: 0, length: 64 },
      { at: 1.1, from: 2, to: 1, protocol: 'icmp', srcPort: 0, dstPort: 0, length: 64 },
    ]),
  ]).all;
  assert.deepEqual(
    echo.map((flow) => [flow.from, flow.orig[2], flow.resp[2], flow.state]),
    [['1:8 2:0', 56, 56, 'OTH']],
  );
  const unreachable = run([
    batchOf([
      { at: 1, from: 1, to: 2, protocol: 'icmp', srcPort: 3, dstPort: 3, length: 36 },
      { at: 1.1, from: 2, to: 1, protocol: 'icmp', srcPort: 3, dstPort: 3, length: 36 },
    ]),
  ]).all;
  assert.equal(unreachable.length, 2);
});

const row = fc.record({
  gap: fc.integer({ min: 0, max: 20_000 }),
  from: fc.integer({ min: 1, max: 3 }),
  to: fc.integer({ min: 1, max: 3 }),
  protocol: fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'),
  srcPort: fc.constantFrom(0, 8, 53, 80, 123, 40000),
  dstPort: fc.constantFrom(0, 8, 53, 80, 123, 40000),
  flags: fc.integer({ min: 0, max: 63 }),
  seq: fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_ff00),
  ),
  ack: fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_ff00),
  ),
  window: fc.constantFrom(0, 1000),
  length: fc.constantFrom(0, 0, 1, 10, 1400),
});

function rowsOf(records: readonly { gap: number }[]): Row[] {
  let at = 1_000_000_000;
  return records.map((record) => ({ ...record, at: (at += record.gap / 1000) }) as unknown as Row);
}

test('every packet and byte is in exactly one flow, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 120 }), fc.integer({ min: 16, max: 64 }), (records, maxFlows) => {
      const rows = rowsOf(records);
      const { all, packets } = run([batchOf(rows)], { ...DEFAULT_FLOW_CONFIG, maxFlows });
      assert.equal(packets, rows.length);
      const sum = (pick: (flow: Ended) => number): number =>
        all.reduce((total, flow) => total + pick(flow), 0);
      assert.equal(
        sum((flow) => flow.orig[0] + flow.resp[0]),
        rows.length,
      );
      const bytes = rows.reduce((total, r) => total + (r.length ?? 0) + (r.protocol === 'tcp' ? 40 : 28), 0);
      assert.equal(
        sum((flow) => flow.orig[1] + flow.resp[1]),
        bytes,
      );
      for (const flow of all) assert.ok(flow.orig[2] >= 0 && flow.resp[2] >= 0 && flow.missed >= 0);
    }),
    { numRuns: 300 },
  );
});

test('batch boundaries change nothing', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), fc.integer({ min: 1, max: 7 }), (records, size) => {
      const rows = rowsOf(records);
      const parts: PacketBatch[] = [];
      for (let at = 0; at < rows.length; at += size) parts.push(batchOf(rows.slice(at, at + size), at + 1));
      assert.deepEqual(run(parts).all, run([batchOf(rows)]).all);
    }),
    { numRuns: 150 },
  );
});

test('seen from the other side, originator and responder are the same', () => {
  // Every host becomes another one; nothing about a flow may depend on which address is the lower.
  const mirrored = (r: Row): Row => ({ ...r, from: 4 - r.from, to: 4 - r.to });
  const blank = ({ from: _, ...rest }: Ended): Omit<Ended, 'from'> => rest;
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), (records) => {
      const rows = rowsOf(records);
      assert.deepEqual(
        run([batchOf(rows.map(mirrored))]).all.map(blank),
        run([batchOf(rows)]).all.map(blank),
      );
    }),
    { numRuns: 150 },
  );
});

test('the short way of the usual segment ends where the long way does', () => {
  // A window of zero takes the long way without changing anything else than the history.
  const segments = fc.array(
    fc.record({
      fromClient: fc.boolean(),
      length: fc.constantFrom(0, 1, 100),
      skip: fc.constantFrom(0, 0, 0, 5),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(segments, (list) => {
      const rows = (window: number): Row[] => {
        let client = 1001;
        let server = 5001;
        const result = [...HANDSHAKE];
        for (const { fromClient, length, skip } of list) {
          if (fromClient) {
            client += skip;
            result.push({ at: 11, ...C, flags: ACK, seq: client, ack: server, length, window });
            client += length;
          } else {
            server += skip;
            result.push({ at: 11, ...S, flags: ACK, seq: server, ack: client, length, window });
            server += length;
          }
        }
        return result;
      };
      const strip = (flow: Ended): Ended => ({ ...flow, history: flow.history.replace(/w/gi, '') });
      assert.deepEqual(strip(only(rows(0))), strip(only(rows(1000))));
    }),
    { numRuns: 200 },
  );
});

test('the bound evicts, counts and says so; memory per flow is below 300 bytes', () => {
  const maxFlows = 4096;
  const total = 50_000;
  const size = 2048;
  const issues = new IssueCounter();
  let evicted = 0;
  const flows: FlowTable = new FlowTable({ ...DEFAULT_FLOW_CONFIG, maxFlows }, issues, {
    flowEnd: () => {
      if (flows.endReason === FLOW_END.evicted) evicted++;
    },
  });
  for (let at = 0; at < total; at += size) {
    const rows = Array.from({ length: Math.min(size, total - at) }, (_, n): Row => {
      const k = at + n;
      return { at: 1 + k / 1e5, from: 1, to: 2, srcPort: k % 65_536, dstPort: 7, flags: SYN, seq: k };
    });
    const batch = batchOf(rows, at + 1);
    for (let i = 0; i < rows.length; i++) flows.packet(batch, i);
  }
  assert.equal(flows.active, maxFlows);
  assert.equal(flows.created, total);
  assert.equal(flows.evicted, total - maxFlows);
  assert.equal(evicted, total - maxFlows);
  assert.equal(issues.count[ISSUE['flow/evicted']], total - maxFlows);
  assert.equal(flows.capacity, maxFlows);
  assert.ok(flows.bytesPerSlot < 300, `${flows.bytesPerSlot} bytes`);
});

test('an active flow outlives a flood', () => {
  const maxFlows = 256;
  const rows: Row[] = [];
  for (let n = 0; n < 5000; n++) {
    rows.push({ at: 1 + n / 1000, from: 9, to: 8, protocol: 'udp', srcPort: 1, dstPort: 2 });
    rows.push({ at: 1 + n / 1000, from: 1, to: 2, protocol: 'udp', srcPort: 1000 + n, dstPort: 9 });
  }
  const { all } = run([batchOf(rows)], { ...DEFAULT_FLOW_CONFIG, maxFlows });
  assert.equal(all.find((flow) => flow.id === 0)!.orig[0], 5000);
});

test('bounds and timeouts of zero degrade, they do not hang', () => {
  const zero = Object.fromEntries(
    Object.keys(DEFAULT_FLOW_CONFIG).map((key) => [key, 0]),
  ) as unknown as FlowConfig;
  const dns = { from: 1, to: 2, protocol: 'udp', srcPort: 5000, dstPort: 53 } as const;
  const rows: Row[] = [...HANDSHAKE, { at: 11, ...dns }, { at: 40, ...dns }, { at: 39, ...dns }];
  const { packets } = run([batchOf(rows)], zero);
  assert.equal(packets, rows.length);
});
