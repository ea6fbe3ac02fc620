/** A capture that is still being written: what came through is reported when the analysis is stopped. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inputsSource } from '../../src/capture/inputs-source.ts';
import { pipeStream } from '../../src/capture/pipe-stream.ts';
import { newSourceInfo } from '../../src/capture/source.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import type { Report } from '../../src/report/schema.ts';
import { tinyCapture } from '../cli/tiny-capture.ts';
import { PcapngWriter } from '../capture/write-pcapng.ts';

const RECORD_BYTES = 16 + 60;
const FILE_HEADER_BYTES = 24;

/** The same packets as those of `tinyCapture`. */
function tinyPcapng(devices: number): Uint8Array {
  const writer = new PcapngWriter().section().interface(1, 0);
  const classic = tinyCapture({ devices });
  for (let at = FILE_HEADER_BYTES; at < classic.length; at += RECORD_BYTES) {
    const units = BigInt(classic.readUInt32LE(at)) * 1_000_000n;
    writer.enhancedPacket(0, units, classic.subarray(at + 16, at + RECORD_BYTES), 60);
  }
  return writer.bytes;
}

/** The report when the pipe holds `bytes`, stays open, and the analysis is stopped once it waits for more. */
async function stoppedAfter(bytes: Uint8Array, settleMs = 0): Promise<Report> {
  const pipe = new Readable({ read() {} });
  pipe.push(bytes);
  const source = inputsSource([newSourceInfo('-')], [() => pipeStream(pipe)], {});
  const stop = new AbortController();
  const analysis = analyzeSource(source, { version: 'test', signal: stop.signal });
  while (pipe.readableLength > 0 || source.inputs[0]!.bytes < bytes.length) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  stop.abort();
  return (await analysis).report;
}

for (const [format, capture] of [
  ['pcap', (devices: number) => new Uint8Array(tinyCapture({ devices }))],
  ['pcapng', tinyPcapng],
] as const) {
  for (const devices of [1, 2, 50]) {
    test(`${format}: every whole packet of ${devices} is in the report, and a part of one is no damage`, async () => {
      const bytes = capture(devices + 1);
      for (const cut of [RECORD_BYTES, RECORD_BYTES - 7, 20]) {
        const report = await stoppedAfter(bytes.subarray(0, bytes.length - cut));
        assert.equal(report.totals.packets, devices, `cut by ${cut}`);
        assert.equal(report.input[0]!.damage, null);
        assert.equal(report.complete, false);
      }
    });
  }
}

test('a compressed pipe gives what was flushed', async () => {
  const bytes = gzipSync(tinyCapture({ devices: 5 }));
  // Decompression is done by other threads.
  const report = await stoppedAfter(bytes, 300);
  assert.deepEqual([report.totals.packets, report.complete, report.input[0]!.damage], [5, false, null]);
});

test('stopped before the first byte, and inside of the file header', async () => {
  for (const length of [0, 3, 20]) {
    const report = await stoppedAfter(new Uint8Array(tinyCapture()).subarray(0, length));
    assert.deepEqual([report.totals.packets, report.complete], [0, false]);
  }
});
