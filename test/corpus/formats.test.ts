/** One capture in every format, variant and compression is one and the same network. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COMPRESSIONS } from '../../src/capture/compression/containers.ts';
import { CAPTURE_FORMATS } from '../../src/capture/format.ts';
import { analyze } from '../../src/engine/analyze.ts';
import { findCases } from '../../src/harness/case.ts';
import { type FlowRow, TopFlows } from '../../src/report/flows.ts';
import type { Report } from '../../src/report/schema.ts';

/** Simple packet blocks have no time. */
const UNTIMED: ReadonlySet<string> = new Set(['pcapng-simple-packets']);

interface Found {
  readonly report: Report;
  readonly flows: readonly FlowRow[];
}

async function find(path: string): Promise<Found> {
  const top = new TopFlows(10_000, 'start');
  const { report } = await analyze({
    paths: [path],
    outputs: [{ flowEnd: (slot, flows) => top.flowEnd(slot, flows), end: () => Promise.resolve() }],
    version: 'test',
  });
  return { report, flows: top.rows() };
}

/** What does not depend on how the packets were stored; times without the zeros that finer clocks add. */
function content({ report, flows }: Found): unknown {
  const { totals, score, devices, findings, issues } = report;
  const kept = {
    totals,
    score,
    devices,
    findings: findings.map(({ id: _id, ...rest }) => rest),
    issues,
    flows,
  };
  return JSON.parse(JSON.stringify(kept).replaceAll(/(:\d\d\.\d+?)0+Z"/g, '$1Z"'));
}

/** Who was there and who spoke to whom. */
function untimed({ report, flows }: Found): unknown {
  return [
    report.devices.map(({ id, vendor, addresses, traffic }) => [
      id,
      vendor,
      addresses.map(({ address }) => address),
      traffic,
    ]),
    flows.map(({ proto, orig, origPort, resp, respPort, origBytes, respBytes }) =>
      [proto, orig, origPort, resp, respPort, origBytes, respBytes].join(' '),
    ),
  ];
}

const cases = findCases(join(import.meta.dirname, '../../corpus/formats'));
const found = new Map<string, Found>();
for (const { name, capture } of cases) found.set(name, await find(capture));
const plain = found.get('pcap')!;

describe('formats', () => {
  test('every format and every compression has a case', () => {
    const seen = new Set([...found.values()].flatMap(({ report }) => report.input[0]!.format.split('+')));
    const known = [...CAPTURE_FORMATS, ...COMPRESSIONS].map(({ name }) => name);
    assert.deepEqual([...seen].sort(), known.sort());
    assert.ok(plain.report.devices.length >= 4 && plain.flows.length >= 10);
  });

  for (const [name, result] of found) {
    if (name.startsWith('damaged-')) continue;
    test(`${name}: the same devices, flows and findings`, () => {
      assert.equal(result.report.input[0]!.damage, null);
      if (UNTIMED.has(name)) assert.deepEqual(untimed(result), untimed(plain));
      else assert.deepEqual(content(result), content(plain));
    });
  }

  test('damage says where, why and how much', () => {
    const damage = [...found].flatMap(([name, { report }]) => {
      const { damage } = report.input[0]!;
      return damage ? [`${name}: ${damage.reason}, ${damage.bytesLost}, ${damage.resynchronised}`] : [];
    });
    assert.deepEqual(damage, [
      'damaged-gzip-bytes: the gzip container is damaged (invalid distance too far back), 42, 0',
      'damaged-gzip-cut: the gzip container is cut, 42, 0',
      'damaged-pcap-cut: the last record is cut, 93, 0',
      'damaged-pcap-garbage: record with an impossible length, 333, 1',
      'damaged-pcap-length: record with an impossible length, 58, 1',
      'damaged-pcapng-cut: the last block is cut, 111, 0',
      'damaged-pcapng-garbage: block with an impossible length, 333, 1',
      'damaged-pcapng-length: block with an impossible length, 76, 1',
      'damaged-snoop-garbage: record with an impossible length, 333, 1',
    ]);
  });

  test('what a pcapng says beside its packets is in the report', () => {
    const [input] = found.get('pcapng-other-blocks')!.report.input;
    assert.deepEqual(input!.comments, ['a capture with everything in it', 'an interface comment']);
    assert.deepEqual(input!.hostNames, [{ address: '192.168.77.1', names: ['router.lan', 'gateway.lan'] }]);
    assert.deepEqual(input!.otherBlocks, {
      custom: 2,
      'decryption secrets': 1,
      'systemd journal': 1,
      unknown: 1,
    });
    const { name, description, drops } = input!.interfaces[0]!;
    assert.deepEqual([name, description, drops], ['br-lan', 'the bridge', 21]);
    assert.equal(found.get('pcapng-obsolete-packets')!.report.input[0]!.interfaces[0]!.drops, 3);
    const faces = found.get('pcapng-interfaces')!.report.input[0]!.interfaces;
    assert.deepEqual(
      faces.map((face) => [face.name, face.timeDigits]),
      [
        ['nanoseconds', 9],
        ['binary', 9],
        ['offset', 6],
      ],
    );
  });
});
