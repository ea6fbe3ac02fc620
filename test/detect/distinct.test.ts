import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DistinctCounter, mix } from '../../src/detect/distinct.ts';

test('counts exactly up to its bound, and says what is new', () => {
  const counter = new DistinctCounter();
  assert.equal(counter.count, 0);
  for (let i = 0; i < 512; i++) {
    assert.ok(counter.add(mix(i)));
    assert.ok(!counter.add(mix(i)));
    assert.equal(counter.count, i + 1);
  }
  assert.ok(counter.isExact);
});

test('zero is a hash like any other', () => {
  const counter = new DistinctCounter();
  assert.ok(counter.add(0));
  assert.ok(!counter.add(0));
  assert.equal(counter.count, 1);
});

test('beyond the bound it is within a fifth, and follows what is added after it was asked', () => {
  const counter = new DistinctCounter();
  for (const things of [2000, 20_000, 100_000]) {
    for (let i = 0; i < things; i++) counter.add(mix(i));
    assert.ok(!counter.isExact);
    assert.ok(Math.abs(counter.count / things - 1) < 0.2, `${counter.count} of ${things}`);
  }
});
