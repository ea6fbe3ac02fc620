import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCaptures } from '../../src/capture/open.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { type Clock, paceSource } from '../../src/harness/replay/paced-source.ts';
import { runLive } from '../../src/serve/live.ts';
import { analyzeFile, goldenText } from '../engine/analyze-file.ts';

const capture = join(import.meta.dirname, '../../corpus/home-lan/capture.pcapng');

/** Time passes when somebody waits, and each wait is late, as those of real timers are. */
function lateClock(lateMs: number): Clock & { waits: number } {
  let nowMs = 5000;
  const clock = {
    waits: 0,
    now: () => nowMs,
    wait: async (ms: number) => {
      clock.waits++;
      nowMs += ms + lateMs;
    },
  };
  return clock;
}

describe('a replay', () => {
  test('gives the report of analyze, at any speed', async () => {
    const expected = goldenText(await analyzeFile(capture));
    for (const speed of [0.5, 1, 100, Number.POSITIVE_INFINITY]) {
      const source = paceSource(openCaptures([capture]), speed, lateClock(3));
      const { report } = await analyzeSource(source, { version: 'test' });
      assert.ok(goldenText(report) === expected, `differs at speed ${speed}`);
      assert.ok(source.isComplete);
    }
  });

  test('keeps to its origin: late waits do not add up', async () => {
    const { totals } = await analyzeFile(capture);
    const clock = lateClock(7);
    const source = paceSource(openCaptures([capture]), 2, clock);
    const startedMs = clock.now();
    let last = 0;
    for await (const batch of source) {
      for (let i = batch.start; i < batch.count; i++) {
        const at = batch.tsSeconds[i]! + batch.tsNanos[i]! / 1e9;
        assert.ok(source.now() >= at - 1e-3, 'no packet before its time');
        last = at;
      }
      assert.ok(source.now() - last < 2 * 0.02, 'none later than one wait');
    }
    const tookSeconds = (clock.now() - startedMs) / 1000;
    assert.ok(Math.abs(tookSeconds - totals.durationSeconds / 2) < 0.02, `${tookSeconds} s`);
    assert.ok(clock.waits > 50);
  });

  test('through the live loop it is the same report, and a stopped one is not complete', async () => {
    const expected = goldenText(await analyzeFile(capture));
    const source = paceSource(openCaptures([capture]), Number.POSITIVE_INFINITY);
    const run = { version: 'test', now: () => source.now(), isComplete: () => source.isComplete };
    const report = await runLive({ ...run, source, signal: new AbortController().signal });
    assert.ok(goldenText(report) === expected);

    const slow = paceSource(openCaptures([capture]), 1);
    const ended = new AbortController();
    setTimeout(() => ended.abort(), 100);
    const part = await runLive({
      version: 'test',
      source: slow,
      now: () => slow.now(),
      isComplete: () => slow.isComplete,
      signal: ended.signal,
    });
    assert.equal(part.complete, false);
    assert.ok(part.totals.packets < report.totals.packets);
  });
});
