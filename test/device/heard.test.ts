import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heard } from '../../src/device/heard.ts';

test('a thing is known for the devices that said it, and for no more than are remembered', () => {
  const heard = new Heard();
  const thing = {};
  assert.equal(heard.has(1, thing), false);
  heard.add(1, thing);
  assert.equal(heard.has(1, thing), true);
  assert.equal(heard.has(2, thing), false);
  assert.equal(heard.has(1, {}), false);
  for (let device = 0; device < 2000; device++) heard.add(device, thing);
  assert.equal(heard.has(1, thing), true);
  assert.equal(heard.has(1999, thing), false);
});
