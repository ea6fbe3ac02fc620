import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Inspector } from '../../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig, FlowTable } from '../../src/flow/table.ts';
import { ISSUE, IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';
import type { MessageDecoder } from '../../src/protocol/decoder.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import { batchOf, type Row } from './rows.ts';

/** A protocol for tests: a length byte, then that many bytes of text, which it reports as an observation. */
function lengthPrefixed(scope: 'every' | 'start', probe = false): MessageDecoder {
  return {
    name: 'length-prefixed',
    triggers: [
      { kind: 'tcp', ports: [7000] },
      { kind: 'udp', ports: [7000] },
    ],
    scope,
    ...(probe ? { probe: (bytes, start): boolean => bytes[start] === 0xee } : {}),
    decode(bytes, start, end, _context, sink) {
      if (bytes[start] !== 0xee) return 'foreign';
      if (end - start < 2 || end - start < 2 + bytes[start + 1]!) return 'incomplete';
      const text = Buffer.from(bytes.subarray(start + 2, start + 2 + bytes[start + 1]!)).toString('latin1');
      sink.observe({ kind: 'text', text } as unknown as Observation);
      return 'done';
    },
  };
}

interface Segment {
  readonly row: Row;
  readonly bytes: Uint8Array;
}

function run(
  segments: readonly Segment[],
  decoder: MessageDecoder,
  config: FlowConfig = DEFAULT_FLOW_CONFIG,
) {
  const issues = new IssueCounter();
  const seen: string[] = [];
  const services: number[] = [];
  const flows: FlowTable = new FlowTable(config, issues, {
    flowEnd: (slot) => {
      services.push(flows.service[slot]!);
      inspector.flowEnd(slot);
    },
  });
  const inspector: Inspector = new Inspector(
    flows,
    issues,
    (observation) => {
      seen.push((observation as unknown as { text: string }).text);
    },
    [decoder],
  );
  for (const { row, bytes } of segments) {
    const batch = batchOf([{ ...row, length: row.length ?? bytes.length }]);
    batch.bytes = bytes;
    batch.byteLength = bytes.length;
    batch.payloadCapLen[0] = bytes.length;
    inspector.packet(batch, 0, flows.packet(batch, 0));
  }
  flows.end();
  return { seen, services, issues };
}

const client = { from: 1, to: 2, srcPort: 40000, dstPort: 7000 } as const;
const empty = new Uint8Array(0);
const syn: Segment = { row: { at: 1, ...client, flags: 2, seq: 999 }, bytes: empty };

function message(text: string): Uint8Array {
  return Uint8Array.of(0xee, text.length, ...Buffer.from(text, 'latin1'));
}

function data(bytes: Uint8Array, offset: number, from = 0, to = bytes.length): Segment {
  const part = bytes.slice(from, to);
  return { row: { at: 2, ...client, flags: 16, seq: 1000 + offset + from, ack: 1 }, bytes: part };
}

test('a message whole in its first segment is decoded', () => {
  const { seen, services } = run([syn, data(message('hello'), 0)], lengthPrefixed('start'));
  assert.deepEqual(seen, ['hello']);
  assert.deepEqual(services, [1]);
});

test('a message in any order of any overlapping segments is decoded once', () => {
  const text = 'x'.repeat(50) + 'y'.repeat(150);
  const bytes = message(text);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 60 })), { maxLength: 30 }),
      fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }),
      (noise, order) => {
        const pieces = order.map((n) =>
          data(bytes, 0, Math.floor((n * bytes.length) / 5), Math.floor(((n + 1) * bytes.length) / 5)),
        );
        const extra = noise.map(([at, length]) => data(bytes, 0, at, Math.min(bytes.length, at + length)));
        const { seen } = run([syn, ...extra, ...pieces], lengthPrefixed('start'));
        assert.deepEqual(seen, [text]);
      },
    ),
    { numRuns: 200 },
  );
});

test('the first bytes of a place are kept', () => {
  const real = message('abcd');
  const forged = message('wxyz');
  const { seen } = run(
    [syn, data(real, 0, 0, 1), data(real, 0, 2, 4), data(forged, 0, 2, 6), data(real, 0, 1, 2)],
    lengthPrefixed('start'),
  );
  assert.deepEqual(seen, ['abyz']);
});

test('without a SYN the first segment seen is the start', () => {
  const { seen } = run([data(message('middle'), 5000)], lengthPrefixed('start'));
  assert.deepEqual(seen, ['middle']);
});

test('sequence numbers wrap inside a message', () => {
  const bytes = message('wrapped around');
  const at = (from: number, to: number): Segment => ({
    row: { at: 2, ...client, flags: 16, seq: (0xffff_fffc + from) >>> 0, ack: 1 },
    bytes: bytes.slice(from, to),
  });
  const start: Segment = { row: { at: 1, ...client, flags: 2, seq: 0xffff_fffb }, bytes: empty };
  const { seen } = run([start, at(0, 3), at(9, bytes.length), at(3, 9)], lengthPrefixed('start'));
  assert.deepEqual(seen, ['wrapped around']);
});

test('a segment cut by the snaplen ends inspection and holds no memory', () => {
  const bytes = message('cut short');
  const cut: Segment = {
    row: { at: 2, ...client, flags: 16, seq: 1000, length: bytes.length },
    bytes: bytes.slice(0, 4),
  };
  const { seen } = run([syn, cut, data(bytes, 0, 4)], lengthPrefixed('start'));
  assert.deepEqual(seen, []);
});

test('scope every: messages one after the other on a stream', () => {
  const one = message('one');
  const two = message('two');
  const { seen } = run([syn, data(one, 0), data(two, one.length)], lengthPrefixed('every'));
  assert.deepEqual(seen, ['one', 'two']);
  const first = run([syn, data(one, 0), data(two, one.length)], lengthPrefixed('start'));
  assert.deepEqual(first.seen, ['one']);
});

test('content is recognised on any port by its probe', () => {
  const elsewhere = { from: 1, to: 2, srcPort: 40000, dstPort: 9999 } as const;
  const bytes = message('found me here');
  const segments: Segment[] = [
    { row: { at: 1, ...elsewhere, flags: 2, seq: 999 }, bytes: empty },
    { row: { at: 2, ...elsewhere, flags: 16, seq: 1000 }, bytes },
  ];
  assert.deepEqual(run(segments, lengthPrefixed('start', true)).seen, ['found me here']);
  assert.deepEqual(run(segments, lengthPrefixed('start')).seen, []);
});

test('datagrams: every one, or the first few', () => {
  const datagrams = Array.from({ length: 10 }, (_, n): Segment => ({
    row: { at: 1 + n, ...client, protocol: 'udp' },
    bytes: message(String(n)),
  }));
  assert.equal(run(datagrams, lengthPrefixed('every')).seen.length, 10);
  assert.equal(run(datagrams, lengthPrefixed('start')).seen.length, 4);
});

test('the budget is counted when it is used up, and given back', () => {
  const bytes = message('a'.repeat(200));
  const config = { ...DEFAULT_FLOW_CONFIG, inspectBudgetBytes: 4096 };
  const segments: Segment[] = [];
  for (let port = 1; port <= 3; port++) {
    const tuple = { ...client, srcPort: port };
    segments.push({ row: { at: 1, ...tuple, flags: 2, seq: 0 }, bytes: empty });
    segments.push({ row: { at: 2, ...tuple, flags: 16, seq: 1 }, bytes: bytes.slice(0, 100) });
  }
  segments.push({ row: { at: 2, ...client, srcPort: 1, flags: 16, seq: 101 }, bytes: bytes.slice(100) });
  const late = { ...client, srcPort: 9 };
  segments.push({ row: { at: 3, ...late, flags: 2, seq: 0 }, bytes: empty });
  segments.push({ row: { at: 3, ...late, flags: 16, seq: 1 }, bytes: bytes.slice(0, 100) });
  segments.push({ row: { at: 3, ...late, flags: 16, seq: 101 }, bytes: bytes.slice(100) });
  const { seen, issues } = run(segments, lengthPrefixed('start'), config);
  assert.equal(seen.length, 2);
  assert.equal(issues.count[ISSUE['stream/budget']], 1);
});

test('a message that the snaplen cut is not counted as malformed', () => {
  const complaining: MessageDecoder = {
    name: 'complaining',
    triggers: [{ kind: 'udp', ports: [7000] }],
    scope: 'every',
    decode(_bytes, _start, _end, _context, sink) {
      sink.issue(ISSUE['message/dns-malformed'], 0, 1, 0);
      return 'done';
    },
  };
  for (const [cut, expected] of [
    [0, 1],
    [LAYER.cut, 0],
  ] as const) {
    const issues = new IssueCounter();
    const flows = new FlowTable(DEFAULT_FLOW_CONFIG, issues);
    const inspector = new Inspector(flows, issues, () => assert.fail(), [complaining]);
    const batch = batchOf([{ at: 1, ...client, protocol: 'udp', length: 4 }]);
    batch.bytes = new Uint8Array(4);
    batch.layers[0]! |= cut;
    inspector.packet(batch, 0, flows.packet(batch, 0));
    assert.equal(issues.count[ISSUE['message/dns-malformed']], expected);
  }
});

/** A stream of bytes below 10, each an observation; done at the third. */
function digits(create?: () => MessageDecoder): MessageDecoder {
  return {
    name: 'digits',
    triggers: [{ kind: 'tcp', ports: [7000] }],
    scope: 'start',
    decode(bytes, start, end, _context, sink) {
      if (bytes[start]! > 9) return 'foreign';
      const stop = Math.min(end, start + 3);
      for (let at = start; at < stop; at++) {
        sink.observe({ kind: 'text', text: String(bytes[at]) } as unknown as Observation);
      }
      return stop - start === 3 ? 'done' : 'incomplete';
    },
    ...(create === undefined ? {} : { create }),
  };
}

test('what a decoder says before it is done is passed on at once, and once', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const parts = [data(bytes, 0, 0, 1), data(bytes, 0, 1, 2), data(bytes, 0, 0, 2), data(bytes, 0, 2, 4)];
  const { seen, services } = run([syn, ...parts], digits());
  assert.deepEqual(seen, ['1', '2', '3']);
  assert.deepEqual(services, [1]);
  const early = run([syn, parts[0]!], digits());
  assert.deepEqual([early.seen, early.services], [['1'], [1]]);
});

test('a decoder with state is made anew for each analysis', () => {
  let made = 0;
  const create = (): MessageDecoder => {
    made++;
    return digits();
  };
  const refusing: MessageDecoder = { ...digits(create), decode: () => 'foreign' };
  assert.deepEqual(run([syn, data(Uint8Array.of(7), 0)], refusing).seen, ['7']);
  run([], refusing);
  assert.equal(made, 2);
});
