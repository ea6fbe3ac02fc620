import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveSource } from '../../src/capture/live/live-source.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { PcapngWriter } from '../../src/capture/write/pcapng-writer.ts';
import { LanscopeError } from '../../src/bytes/error.ts';
import { outlasting } from '../../src/serve/outlasting-output.ts';
import { runLive } from '../../src/serve/live.ts';
import { udpFrame } from '../packet/build-frame.ts';

const DATAGRAM = Buffer.from(udpFrame([40000, 9999], new Uint8Array(4)));

/** One datagram, so many seconds ago, and then nothing until it is stopped. */
function silentSource(secondsAgo: number): LiveSource {
  const writer = new PcapngWriter(4096);
  writer.section();
  writer.interface('wire0', 1, 65_535);
  writer.packet(0, (Date.now() - secondsAgo * 1000) * 1000, DATAGRAM, DATAGRAM.length, DATAGRAM.length);
  const memory = openMemory(Uint8Array.from(writer.bytes.subarray(0, writer.length)));
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  async function* batches() {
    yield* memory;
    await stopped;
  }
  return { inputs: memory.inputs, stop, close: () => memory.close(), [Symbol.asyncIterator]: batches };
}

test('on a silent wire flows time out by the wall clock', async () => {
  const controller = new AbortController();
  // What should not happen is ended, too.
  const deadline = setTimeout(() => controller.abort(), 10_000);
  let endedBeforeStop = false;
  await runLive({
    source: silentSource(120),
    signal: controller.signal,
    outputs: [
      {
        flowEnd() {
          endedBeforeStop = !controller.signal.aborted;
          controller.abort();
        },
        end: () => Promise.resolve(),
      },
    ],
    version: '0',
  });
  clearTimeout(deadline);
  assert.ok(endedBeforeStop);
});

test('a signal that was given before it began ends it after what was there', async () => {
  const report = await runLive({ source: silentSource(0), signal: AbortSignal.abort(), version: '0' });
  assert.equal(report.totals.packets, 1);
  assert.equal(report.totals.flows, 1);
  assert.equal(report.complete, true);
});

test('a report that cannot be written on the way ends the run with that error', async () => {
  await assert.rejects(
    runLive({
      source: silentSource(0),
      signal: new AbortController().signal,
      reportEverySeconds: 0.5,
      onReport: () => Promise.reject(new LanscopeError('OUTPUT_UNWRITABLE', 'the disk is full')),
      version: '0',
    }),
    { code: 'OUTPUT_UNWRITABLE' },
  );
});

test('a report that cannot be written now is told, and tried again', async () => {
  const controller = new AbortController();
  const notices: string[] = [];
  let tries = 0;
  await runLive({
    source: silentSource(0),
    signal: controller.signal,
    reportEverySeconds: 0.1,
    onReport() {
      if (++tries < 2) return Promise.reject(new LanscopeError('OUTPUT_UNWRITABLE', 'the disk is full'));
      controller.abort();
      return Promise.resolve();
    },
    onNotice: (text) => notices.push(text),
    version: '0',
  });
  assert.equal(tries, 2);
  assert.deepEqual(notices, ['the disk is full; the next report is tried again, the analysis goes on']);
});

test('an output that cannot be written ends alone', async () => {
  const notices: string[] = [];
  let seen = 0;
  const full = () =>
    Promise.reject(new LanscopeError('OUTPUT_UNWRITABLE', 'events.ndjson: the disk is full'));
  const report = await runLive({
    source: silentSource(0),
    signal: AbortSignal.abort(),
    outputs: [
      outlasting({ flowEnd: () => void seen++, drain: full, end: full }, (text) => notices.push(text)),
      { flowEnd: () => void seen++, end: () => Promise.resolve() },
    ],
    version: '0',
  });
  assert.equal(report.totals.packets, 1);
  assert.equal(seen, 1, 'the other one goes on');
  assert.deepEqual(notices, ['events.ndjson: the disk is full; it ends there, the analysis goes on']);
});
