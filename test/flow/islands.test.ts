import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ISLANDS_PER_DIRECTION, IslandPool } from '../../src/flow/islands.ts';

function rangesOf(pool: IslandPool, head: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let island = head; island !== 0; island = pool.next(island)) {
    ranges.push([pool.start(island), pool.end(island)]);
  }
  return ranges;
}

for (const [order, place] of [
  ['rising', (i: number) => i * 3],
  ['falling', (i: number) => 30_000 - i * 3],
  ['inward', (i: number) => (i % 2 === 0 ? i * 3 : 30_000 - i * 3)],
] as const) {
  test(`a direction has a bounded number of ranges when segments come in ${order} order`, () => {
    const pool = new IslandPool();
    let head = 0;
    for (let i = 0; i < 5000; i++) head = pool.insert(head, place(i), place(i) + 1);
    assert.equal(rangesOf(pool, head).length, ISLANDS_PER_DIRECTION);
  });
}

test('a full list still takes what joins its ranges', () => {
  const pool = new IslandPool();
  let head = 0;
  for (let i = 0; i < ISLANDS_PER_DIRECTION; i++) head = pool.insert(head, 10 + i * 3, 11 + i * 3);
  head = pool.insert(head, 11, 13);
  assert.equal(rangesOf(pool, head).length, ISLANDS_PER_DIRECTION - 1);
  assert.deepEqual(rangesOf(pool, head)[0], [10, 14]);
  const last = 10 + (ISLANDS_PER_DIRECTION - 1) * 3;
  head = pool.insert(head, 0, last);
  assert.deepEqual(rangesOf(pool, head), [[0, last + 1]]);
});
