import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Counter } from '../../src/detect/features/counter.ts';

test('a counter counts as a map does, whatever comes and goes', () => {
  // Keys that share their homes, and the largest and smallest ones.
  const key = fc.oneof(
    fc.nat({ max: 40 }),
    fc.nat({ max: 8 }).map((n) => 2 ** 30 - 1 - n * 4096),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ key, comes: fc.boolean() }), { maxLength: 400 }), (steps) => {
      const counter = new Counter();
      const counts = new Map<number, number>();
      for (const { key: each, comes } of steps) {
        const before = counts.get(each) ?? 0;
        if (comes) {
          counts.set(each, before + 1);
          assert.equal(counter.add(each), before + 1);
        } else if (before > 0) {
          if (before === 1) counts.delete(each);
          else counts.set(each, before - 1);
          assert.equal(counter.remove(each), before - 1);
        }
        assert.equal(counter.of(each), counts.get(each) ?? 0);
        assert.equal(counter.size, counts.size);
      }
      for (const [each, count] of counts) assert.equal(counter.of(each), count);
    }),
    { numRuns: 300 },
  );
});
