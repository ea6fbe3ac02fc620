/** Features: rows as wide as their set, values in range, windows that count what they say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConnExtractor, CONN_WIDTH } from '../../src/detect/features/conn-extractor.ts';
import { CONN_SET, WINDOW } from '../../src/detect/features/conn-set.ts';
import { FEATURE_SETS } from '../../src/detect/features/extractor.ts';
import { FlowFacts, setHistory } from '../../src/detect/features/flow-facts.ts';
import { CONN_STATES } from '../../src/flow/conn-state.ts';

const INDEX = new Map(CONN_SET.features.map(({ name }, index) => [name, index]));

function value(row: Float32Array, name: string): number {
  const index = INDEX.get(name);
  assert.ok(index !== undefined, name);
  return row[index]!;
}

/** An attempt at `start` that nobody answers. */
function attempt(start: number, resp: number, respPort: number): FlowFacts {
  const facts = new FlowFacts();
  facts.start = start;
  facts.protocol = 6;
  facts.state = 'S0';
  setHistory(facts, 'S');
  facts.origPackets = 1;
  facts.origIpBytes = 60;
  facts.respPort = respPort;
  facts.orig.set([0, 0, 0xffff, 0xc0a8_0105]);
  facts.resp.set([0, 0, 0xffff, resp]);
  return facts;
}

function rowsOf(flows: readonly FlowFacts[]): Float32Array[] {
  const extractor = new ConnExtractor();
  return flows.map((facts) => {
    const row = new Float32Array(CONN_WIDTH).fill(Number.NaN);
    extractor.row(facts, row, 0);
    return row;
  });
}

describe('feature sets', () => {
  test('names are unique, ranges are ranges, everything is described', () => {
    for (const { features } of Object.values(FEATURE_SETS)) {
      assert.equal(new Set(features.map(({ name }) => name)).size, features.length);
      for (const { name, min, max, description, group } of features) {
        assert.ok(min < max && description !== '' && group !== '' && /^[a-z0-9_]+$/.test(name), name);
      }
    }
  });

  test('no feature names an address, a time of day or a port', () => {
    for (const { name } of CONN_SET.features) assert.ok(!/^(?:ts|start|ip|address|port)$/.test(name), name);
  });
});

describe('the set conn', () => {
  test('a row is filled, and every value is in its range', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const port = fc.integer({ min: 0, max: 65_535 });
    const size = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 40 }));
    const flow = fc.record({
      start: fc.double({ min: 0, max: 4e9, noNaN: true }),
      duration: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
      protocol: fc.constantFrom(1, 6, 17, 58),
      state: fc.constantFrom(...CONN_STATES),
      history: fc.stringMatching(/^[SHADFRCTGWIQshadfrctgwiq^]{0,20}$/),
      service: fc.integer({ min: 0, max: 6 }),
      origPort: port,
      respPort: port,
      origPackets: size,
      respPackets: size,
      origPayload: size,
      respPayload: size,
      origIpBytes: size,
      respIpBytes: size,
      ends: fc.array(word, { minLength: 8, maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 40 }), (flows) => {
        const rows = rowsOf(
          flows.map(({ ends, history, ...rest }) => {
            const facts = Object.assign(new FlowFacts(), rest);
            setHistory(facts, history);
            facts.orig.set(ends.slice(0, 4));
            facts.resp.set(ends.slice(4));
            return facts;
          }),
        );
        for (const row of rows) {
          for (const [i, { name, min, max }] of CONN_SET.features.entries()) {
            // A mean packet size has no bound when a log's numbers contradict each other.
            if (name.endsWith('_packet_size')) assert.ok(row[i]! >= 0, name);
            else assert.ok(row[i]! >= min && row[i]! <= Math.fround(max), `${name} is ${row[i]}`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a scan is many responders on one port', () => {
    const rows = rowsOf(Array.from({ length: 300 }, (_, n) => attempt(1000 + n / 10, 0x0808_0000 + n, 23)));
    const last = rows.at(-1)!;
    assert.equal(value(last, 'src_flows'), WINDOW.flows);
    assert.equal(value(last, 'src_responders'), WINDOW.flows);
    assert.equal(value(last, 'src_responders_on_port'), WINDOW.flows);
    assert.equal(value(last, 'src_ports'), 1);
    assert.equal(value(last, 'src_unanswered'), 1);
    assert.equal(value(last, 'pair_flows'), 1);
    assert.ok(Math.abs(value(last, 'src_flow_rate') - WINDOW.flows / 12.7) < 1e-3);
  });

  test('a heartbeat is one pair at even intervals', () => {
    const rows = rowsOf(Array.from({ length: 50 }, (_, n) => attempt(1000 + n * 30, 0x0808_0808, 6667)));
    const last = rows.at(-1)!;
    assert.equal(value(last, 'pair_flows'), WINDOW.pairFlows);
    assert.equal(value(last, 'pair_interval'), 30);
    assert.equal(value(last, 'pair_interval_variation'), 0);
    assert.equal(value(last, 'pair_unanswered'), 1);
    assert.equal(value(last, 'dst_flows'), 3);
    assert.deepEqual(
      rows.slice(0, 3).map((row) => value(row, 'pair_interval_variation')),
      [-1, -1, 0],
    );
  });

  test('what is older than the window is forgotten', () => {
    const last = rowsOf([
      ...Array.from({ length: 5 }, (_, n) => attempt(1000 + n, 0x0808_0000 + n, 80)),
      attempt(1004 + WINDOW.sourceSeconds + 1, 0x0101_0101, 443),
    ]).at(-1)!;
    assert.equal(value(last, 'src_flows'), 1);
    assert.equal(value(last, 'src_responders'), 1);
    assert.equal(value(last, 'src_ports'), 1);
  });

  test('a flow of packets with wrong checksums is an attempt', () => {
    const facts = attempt(1000, 0x0808_0808, 80);
    Object.assign(facts, { state: 'OTH', origPackets: 0, origIpBytes: 0 });
    setHistory(facts, 'C');
    const [row] = rowsOf([facts]);
    assert.equal(value(row!, 'state_unanswered'), 1);
    assert.equal(value(row!, 'orig_packets'), 1);
    assert.equal(value(row!, 'orig_packet_size'), 40);
  });

  test('announcements to groups are no attempts', () => {
    const facts = attempt(1000, 0xe000_00fb, 5353);
    facts.protocol = 17;
    const [row] = rowsOf([facts]);
    assert.equal(value(row!, 'src_unanswered'), 0);
    assert.equal(value(row!, 'resp_is_group'), 1);
    assert.equal(value(row!, 'resp_is_public'), 0);
  });
});
