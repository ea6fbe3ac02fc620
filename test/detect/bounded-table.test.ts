import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedMap } from '../../src/detect/bounded-map.ts';
import { BoundedTable } from '../../src/detect/bounded-table.ts';

/** Keys of two words, few enough to come again. */
const keys = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 1, 0xffff_ffff));
const uses = fc.array(fc.record({ key: keys, how: fc.constantFrom('use', 'use', 'use', 'peek', 'delete') }), {
  maxLength: 200,
});

test('the same uses leave the same entries, in the same order, as in a BoundedMap', () => {
  fc.assert(
    fc.property(uses, fc.integer({ min: 1, max: 12 }), (steps, limit) => {
      const droppedOfMap: number[] = [];
      const droppedOfTable: number[] = [];
      const map = new BoundedMap<string, { n: number }>(limit, ({ n }) => droppedOfMap.push(n));
      const table = new BoundedTable<{ n: number }>(limit, 2, ({ n }) => {
        droppedOfTable.push(n);
        return true;
      });
      for (const [n, { key, how }] of steps.entries()) {
        table.key.set(key);
        const text = key.join();
        if (how === 'peek') assert.deepEqual(table.peek(), map.peek(text));
        else if (how === 'delete') {
          map.delete(text);
          table.delete();
        } else {
          const used = table.touch();
          const expected = map.touch(text);
          assert.deepEqual(used, expected);
          if (expected === undefined) map.add(text, { n });
          if (used === undefined) {
            const made = table.takeSpare() ?? { n: 0 };
            made.n = n;
            table.add(made);
          }
        }
        assert.equal(table.size, map.size);
      }
      assert.deepEqual([...table.values()], [...map.values()]);
      assert.deepEqual(droppedOfTable, droppedOfMap);
    }),
  );
});

test('keys that differ in one word are different keys', () => {
  const table = new BoundedTable<string>(100, 10);
  for (let w = 0; w < 10; w++) {
    table.key.fill(7);
    table.key[w] = 8;
    assert.equal(table.touch(), undefined);
    table.add(`word ${w}`);
  }
  for (let w = 0; w < 10; w++) {
    table.key.fill(7);
    table.key[w] = 8;
    assert.equal(table.touch(), `word ${w}`);
  }
});
