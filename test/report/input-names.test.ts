import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportDigest } from '../../src/report/canonical.ts';
import { matchInputs } from '../../src/report/input-names.ts';
import type { Report } from '../../src/report/schema.ts';
import { sampleReport } from './sample.ts';

/** A report of captures that are called so and have such hashes. */
function of(...captures: (readonly [name: string, hash: string])[]): Report {
  const report = sampleReport();
  return { ...report, input: captures.map(([name, sha256]) => ({ ...report.input[0]!, name, sha256 })) };
}

test('captures of other names are the same, in any order', () => {
  const stated = of(['a', '01'], ['b', '02'], ['c', '02']);
  const found = matchInputs(stated, of(['x', '02'], ['y', '02'], ['a', '01']));
  assert.equal(reportDigest(found.report), reportDigest(stated));
  assert.deepEqual(found.names, [
    ['b', 'x'],
    ['c', 'y'],
  ]);
  assert.ok(found.isReordered);
  const same = matchInputs(stated, stated);
  assert.deepEqual([same.names, same.isReordered], [[], false]);
});

test('without hashes it is their places that count', () => {
  const found = matchInputs(of(['a', ''], ['b', '']), of(['b', ''], ['a', '']));
  assert.deepEqual(found.names, [
    ['a', 'b'],
    ['b', 'a'],
  ]);
  assert.ok(!found.isReordered);
});

test('nothing but names and order is passed over', () => {
  const stated = of(['a', '01'], ['b', '02']);
  for (const other of [
    of(['a', '01'], ['b', '03']),
    of(['a', '01']),
    of(['a', '01'], ['b', '02'], ['c', '02']),
  ]) {
    assert.notEqual(reportDigest(matchInputs(stated, other).report), reportDigest(stated));
  }
  const damaged = of(['x', '01'], ['b', '02']);
  damaged.input[0]!.packets++;
  assert.notEqual(reportDigest(matchInputs(stated, damaged).report), reportDigest(stated));
});
