import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WallClock } from '../../../src/capture/live/wall-clock.ts';

test('it runs with the system clock and follows it only when that was set', () => {
  const clock = new WallClock();
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 100);
  clock.adjust(clock.nowMs() + 200);
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 100, 'slewing is not followed');
  clock.adjust(clock.nowMs() + 3_600_000);
  assert.ok(Math.abs(clock.nowMs() - 3_600_000 - Date.now()) < 200, 'the machine has slept');
  clock.adjust(Date.now());
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 100, 'the clock was set back');
});
