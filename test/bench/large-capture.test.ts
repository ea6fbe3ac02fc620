import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { captureOf, type Extent, KINDS } from '../../scripts/large-capture/capture.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import type { Output } from '../../src/engine/output.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import type { Report } from '../../src/report/schema.ts';

function make(kind: string, seed: number, extent: Extent): Buffer {
  const pieces: Buffer[] = [];
  for (const { bytes } of captureOf(kind, seed, extent)) pieces.push(Buffer.from(bytes));
  return Buffer.concat(pieces);
}

/** What a capture of that kind holds, as it is analyzed: messages by kind, and the report. */
async function contentOf(kind: string): Promise<{ messages: Map<string, number>; report: Report }> {
  const messages = new Map<string, number>();
  const counting: Output = {
    observe: ({ kind }: Observation) => void messages.set(kind, (messages.get(kind) ?? 0) + 1),
    end: async () => {},
  };
  const source = openMemory(make(kind, 1, { maxPackets: 40_000 }));
  const { report } = await analyzeSource(source, { version: 'test', outputs: [counting] });
  return { messages, report };
}

/** Figures of two days compare only while these hold. */
const DIGESTS: Readonly<Record<string, string>> = {
  mixed: 'b638185cc6178427',
  small: '575ceb587a3a6a3d',
  large: '989242f43137cf62',
  'short-flows': '8edd7815557d6bd4',
  'open-flows': 'fe39250c87967129',
  tls: '97d7488b3e2c97d4',
  dns: 'e1746bdedbabadb5',
  discovery: '410897e9083009cd',
};

for (const kind of KINDS) {
  test(`${kind}: the same bytes for the same seed, today as ever; others for another seed`, () => {
    const first = make(kind, 1, { maxPackets: 20_000 });
    assert.deepEqual(make(kind, 1, { maxPackets: 20_000 }), first);
    assert.notDeepEqual(make(kind, 2, { maxPackets: 20_000 }), first);
    assert.equal(createHash('sha256').update(first).digest('hex').slice(0, 16), DIGESTS[kind]);
  });
}

test('it ends with the packet that reaches the size', () => {
  const { length } = make('mixed', 1, { maxBytes: 5e6 });
  assert.ok(length >= 5e6 && length < 5e6 + 4096, String(length));
});

test('tls: handshakes are whole and understood, certificates included', async () => {
  const { messages, report } = await contentOf('tls');
  const hellos = messages.get('tls-client-hello')!;
  assert.ok(hellos > 1000, `${hellos} hellos`);
  // Those that began last are under way.
  assert.ok(messages.get('tls-server-hello')! > 0.98 * hellos);
  assert.ok(messages.get('tls-certificate')! > hellos / 6);
  assert.deepEqual(report.issues, []);
});

test('discovery: devices say who they are, are recognised, and nothing is wrong', async () => {
  const { messages, report } = await contentOf('discovery');
  for (const kind of ['arp', 'dhcp', 'dns', 'igmp', 'ntp', 'ssdp', 'tls-client-hello']) {
    assert.ok(messages.get(kind)! > 50, `${messages.get(kind)} of ${kind}`);
  }
  const brands = new Set(report.devices.map(({ identity }) => identity.brand));
  for (const brand of ['Brother', 'Philips', 'Roku', 'Sonos', 'Synology'])
    assert.ok(brands.has(brand), brand);
  assert.equal(report.devices.length, 65);
  assert.deepEqual([report.findings, report.issues], [[], []]);
});
