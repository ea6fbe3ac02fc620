/** A few kilobytes that unpack to ten gigabytes: reading ends at the stated bound, and the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FREE_EXPANSION_BYTES, DEFAULT_MAX_EXPANSION } from '../../src/capture/compression/containers.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { writePcap } from '../capture/write-pcap.ts';

const FRAME_BYTES = 250_000;
const FRAMES_PER_MEMBER = 100;
const MEMBERS = 400;

/** A gzip of gzip members, together ten gigabytes of valid records full of zeros. */
function bomb(): Uint8Array {
  const frame = { seconds: 1, nanos: 0, wireLen: FRAME_BYTES, bytes: new Uint8Array(FRAME_BYTES) };
  const capture = writePcap(new Array<typeof frame>(FRAMES_PER_MEMBER).fill(frame));
  const members = [
    gzipSync(capture.subarray(0, 24)),
    ...new Array<Buffer>(MEMBERS).fill(gzipSync(capture.subarray(24))),
  ];
  return gzipSync(Buffer.concat(members), { level: 9 });
}

test('a decompression bomb', { timeout: 60_000 }, async () => {
  const bytes = bomb();
  assert.ok(bytes.length < 1e6);
  const before = process.memoryUsage().rss;
  const { report } = await analyzeSource(openMemory(bytes), { version: 'test' });
  const [input] = report.input;
  assert.equal(input!.format, 'pcap+gzip+gzip');
  assert.equal(input!.damage!.reason, `the gzip container expands more than ${DEFAULT_MAX_EXPANSION} times`);
  const read = report.totals.packets * FRAME_BYTES;
  assert.ok(read <= FREE_EXPANSION_BYTES + DEFAULT_MAX_EXPANSION * bytes.length);
  assert.ok(read > 0.9 * FREE_EXPANSION_BYTES);
  assert.ok(process.memoryUsage().rss - before < 200e6);
});
