import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_ENTRIES, withRoom } from '../../src/bytes/column.ts';

test('a column with room is the same, one without is wider and begins as it did', () => {
  const column = new Uint16Array(FIRST_ENTRIES).fill(7);
  assert.equal(withRoom(column, FIRST_ENTRIES), column);
  const wider = withRoom(column, FIRST_ENTRIES + 1);
  assert.ok(wider instanceof Uint16Array);
  assert.equal(wider.length, 2 * FIRST_ENTRIES);
  assert.deepEqual([wider[FIRST_ENTRIES - 1], wider[FIRST_ENTRIES]], [7, 0]);
  assert.equal(withRoom(column, 5000).length, 5000);
});
