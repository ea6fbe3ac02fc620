import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMIT } from '../../src/device/limits.ts';
import { ResolvedNames } from '../../src/device/resolved-names.ts';

test('a name belongs to the device that asked; the last one stands', () => {
  const names = new ResolvedNames();
  names.set(1, '192.0.2.1', 'a.example');
  names.set(2, '192.0.2.1', 'b.example');
  names.set(1, '192.0.2.1', 'c.example');
  assert.equal(names.get(1, '192.0.2.1'), 'c.example');
  assert.equal(names.get(2, '192.0.2.1'), 'b.example');
  assert.equal(names.get(3, '192.0.2.1'), '');
});

test('at the bound the oldest entry makes room, and one that is forgotten may come again', () => {
  const names = new ResolvedNames();
  for (let i = 0; i < LIMIT.resolvedNames; i++) names.set(0, `a${i}`, 'n');
  names.set(0, 'a0', 'renamed'); // known already: it stays the oldest
  names.set(0, 'new', 'n');
  assert.equal(names.get(0, 'a0'), '');
  assert.equal(names.get(0, 'a1'), 'n');
  names.set(0, 'a0', 'again');
  assert.equal(names.get(0, 'a0'), 'again');
  assert.equal(names.get(0, 'a1'), '');
  assert.equal(names.get(0, 'new'), 'n');
});
