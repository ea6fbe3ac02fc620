import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BootClock } from '../../../src/capture/live/ebpf/boot-clock.ts';

function wallTime(clock: BootClock, monotonicNs: bigint): bigint {
  const seconds = new Uint32Array(1);
  const nanos = new Uint32Array(1);
  clock.write(Number(monotonicNs & 0xffff_ffffn), Number(monotonicNs >> 32n), seconds, nanos, 0);
  assert.ok(nanos[0]! < 1e9);
  return BigInt(seconds[0]!) * 1_000_000_000n + BigInt(nanos[0]!);
}

const YEAR_NS = 365n * 86_400n * 1_000_000_000n;

test('a kernel timestamp becomes wall time to the nanosecond, for four years after the start of the machine', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 4n * YEAR_NS), fc.bigInt(0n, 80n * YEAR_NS), (monotonicNs, offsetNs) => {
      assert.equal(wallTime(new BootClock(() => offsetNs), monotonicNs), monotonicNs + offsetNs);
    }),
  );
});

test('a clock that was set is followed, the uncertainty of measuring is not', () => {
  let offsetNs = 1_700_000_000_000_000_000n;
  const clock = new BootClock(() => offsetNs);
  const before = wallTime(clock, 5n);
  offsetNs += 15_000n;
  clock.adjust();
  assert.equal(wallTime(clock, 5n), before);
  offsetNs -= 3_600_000_000_000n;
  clock.adjust();
  assert.equal(wallTime(clock, 5n), offsetNs + 5n);
});
