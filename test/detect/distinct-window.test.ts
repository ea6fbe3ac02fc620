import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DistinctWindow } from '../../src/detect/distinct-window.ts';

const WINDOW = 10;
const LIMIT = 4;
/** Hashes that meet in a table of 16 slots, and at its end. */
const HASHES = [0, 16, 32, 15, 31, 0xffff_ffff, 14, 0x8000_0000];

/** What the window is to count, looked through from its oldest entry at every event. */
function model(events: readonly (readonly [hash: number, seconds: number])[]): number[] {
  let seen: [hash: number, seconds: number][] = [];
  return events.map(([hash, seconds]) => {
    seen = [...seen.filter(([other]) => other !== hash), [hash, seconds]];
    while (seen.length > LIMIT || seen[0]![1] < seconds - WINDOW) seen.shift();
    return seen.length;
  });
}

test('more things than the first table has room for are told apart, and forgotten in time', () => {
  const window = new DistinctWindow(WINDOW, 100);
  for (let n = 0; n < 60; n++) assert.equal(window.add(n * 16, 1), n + 1);
  for (let n = 0; n < 60; n++) assert.equal(window.add(n * 16, 5), 60);
  assert.equal(window.add(7, 5 + WINDOW), 61);
  assert.equal(window.add(7, 6 + WINDOW), 1);
});

test('counts as one that looks through all entries every time, also when time runs backwards', () => {
  const event = fc.tuple(fc.constantFrom(...HASHES), fc.nat(40));
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, inOrder) => {
      const timed = inOrder ? [...events].sort((a, b) => a[1] - b[1]) : events;
      const window = new DistinctWindow(WINDOW, LIMIT);
      assert.deepEqual(
        timed.map(([hash, seconds]) => window.add(hash, seconds)),
        model(timed),
      );
    }),
  );
});
