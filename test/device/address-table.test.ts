/** Addresses are chosen by whoever sends them: they must not be able to choose where they lie in a table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AddressTable } from '../../src/device/address-table.ts';
import { hashMac, MacTable } from '../../src/device/mac-table.ts';
import { addressesOfOwner, addressesOfOwners, macs } from '../flow/crafted-hashes.ts';

const COUNT = 16_384;

/** Longest run of places that are taken: no look-up takes more steps. */
function longestRun(places: ArrayLike<number>, isFree: (content: number) => boolean): number {
  let longest = 0;
  let run = 0;
  for (let n = 0; n < places.length * 2; n++) {
    run = isFree(places[n % places.length]!) ? 0 : run + 1;
    if (run > longest) longest = run;
  }
  return longest;
}

describe('keys that were crafted to lie in one place lie apart', () => {
  for (const [what, addresses, ownerOf] of [
    ['addresses of one owner', addressesOfOwner(-1, COUNT), () => -1],
    ['addresses of as many owners', addressesOfOwners(COUNT), (n: number) => n],
  ] as const) {
    test(what, () => {
      const table = new AddressTable(COUNT);
      for (const [n, words] of addresses.entries()) assert.equal(table.add(ownerOf(n), ...words), n);
      for (const [n, words] of addresses.entries()) assert.equal(table.find(ownerOf(n), ...words), n);
      const { slots } = table as unknown as { slots: Int32Array };
      assert.ok(slots.length >= COUNT * 2);
      const run = longestRun(slots, (content) => content === 0);
      assert.ok(run < COUNT / 8, String(run));
    });
  }

  test('MAC addresses', () => {
    const crafted = macs(COUNT);
    assert.equal(new Set(crafted.map(hashMac)).size, 1, 'of the hash that is the same in every run');
    const table = new MacTable();
    for (const [n, mac] of crafted.entries()) table.add(mac, n);
    for (const [n, mac] of crafted.entries()) assert.equal(table.get(mac), n);
    const { keys } = table as unknown as { keys: Float64Array };
    const run = longestRun(keys, (content) => content === -1);
    assert.ok(run < COUNT / 8, String(run));
  });
});

test('a table finds what was added, numbered in order, and nothing else', () => {
  const word = fc.nat(3);
  const entry = fc.tuple(fc.integer({ min: -1, max: 2 }), word, word, word, word);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 300 }), (entries) => {
      const table = new AddressTable(100);
      const expected = new Map<string, number>();
      for (const one of entries) {
        const key = one.join();
        assert.equal(table.find(...one), expected.get(key) ?? -1);
        if (expected.has(key)) continue;
        const added = table.add(...one);
        assert.equal(added, expected.size < 100 ? expected.size : -1);
        if (added >= 0) expected.set(key, added);
      }
    }),
    { numRuns: 50 },
  );
});
