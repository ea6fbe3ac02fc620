/** Random bytes with valid record headers: counted, and no devices, flows or findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomRecords } from '../../scripts/large-capture/random-records.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { ANALYZED_LINK_TYPES } from '../../src/packet/encapsulation.ts';
import { linkTypeName } from '../../src/packet/link-type.ts';
import type { Report } from '../../src/report/schema.ts';

function randomCapture(packets: number, linkType: number): Uint8Array {
  const records = new RandomRecords(packets, 96, linkType);
  const pieces = [records.fileHeader()];
  for (let left = packets; left > 0;) {
    const piece = records.next(left);
    pieces.push(piece.bytes.slice());
    left -= piece.packets;
  }
  return Buffer.concat(pieces);
}

async function reportOf(packets: number, linkType: number): Promise<Report> {
  const { report } = await analyzeSource(openMemory(randomCapture(packets, linkType)), { version: 'test' });
  assert.equal(report.totals.packets, packets);
  assert.equal(report.input[0]!.damage, null);
  return report;
}

test('200,000 random Ethernet frames are as many issues and nothing else', async () => {
  const before = process.memoryUsage().rss;
  const report = await reportOf(200_000, 1);
  assert.deepEqual(report.devices, []);
  assert.deepEqual(report.findings, []);
  assert.equal(report.totals.flows, 0);
  const issues = report.issues.reduce((sum, { count }) => sum + count, 0);
  assert.ok(issues > 0.99 * 200_000, `${issues} issues`);
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

for (const linkType of ANALYZED_LINK_TYPES) {
  test(`random ${linkTypeName(linkType)} frames (${linkType}) are no devices`, async () => {
    const report = await reportOf(5000, linkType);
    assert.deepEqual(
      report.devices.map(({ id }) => id),
      [],
    );
    assert.deepEqual(report.findings, []);
  });
}
