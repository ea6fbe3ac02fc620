/** The exported model answers what LightGBM answered in training (test/model/fixture.json, written by ml/train.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CONN_SET_ID } from '../../src/detect/features/conn-set.ts';
import { BATCH_ROWS } from '../../src/model/scorer.ts';
import { MODEL, SKIP } from './scoring-capture.ts';

interface Fixture {
  readonly features: string;
  readonly rows: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
}
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixture.json'), 'utf8')) as Fixture;

/** By which the programs may differ, with all that is done to a score before anyone sees it. */
const TOLERANCE = 1e-6;

describe('parity with training', { skip: SKIP }, () => {
  test('the same scores on the same rows, in runs of any size', async () => {
    assert.equal(fixture.features, CONN_SET_ID);
    const { scorer, description } = MODEL!;
    const classes = description.classes.length;
    const rows = Float32Array.from(fixture.rows.flat());
    const found = new Float64Array(fixture.rows.length * classes);
    await scorer.score(rows, fixture.rows.length, found);
    let worst = 0;
    for (const [i, value] of fixture.scores.flat().entries())
      worst = Math.max(worst, Math.abs(value - found[i]!));
    assert.ok(worst <= TOLERANCE, `differs by ${worst}`);
    // Each class is there, so a model that always answers the same would not pass.
    const likeliest = new Set(fixture.scores.map((scores) => scores.indexOf(Math.max(...scores))));
    assert.equal(likeliest.size, classes);

    const width = rows.length / fixture.rows.length;
    const one = new Float64Array(classes);
    for (const index of [0, 57, fixture.rows.length - 1]) {
      await scorer.score(rows.subarray(index * width, (index + 1) * width), 1, one);
      assert.deepEqual([...one], [...found.subarray(index * classes, (index + 1) * classes)]);
    }
  });

  test('more rows than one run holds', async () => {
    const { scorer, description } = MODEL!;
    const classes = description.classes.length;
    const width = description.set.features.length;
    const source = Float32Array.from(fixture.rows.flat());
    const count = BATCH_ROWS + 3;
    const rows = new Float32Array(count * width);
    for (let row = 0; row < count; row++) {
      const from = (row % fixture.rows.length) * width;
      rows.set(source.subarray(from, from + width), row * width);
    }
    const found = new Float64Array(count * classes);
    await scorer.score(rows, count, found);
    const last = count - 1;
    assert.deepEqual(
      [...found.subarray(last * classes)],
      [
        ...found.subarray(
          (last % fixture.rows.length) * classes,
          ((last % fixture.rows.length) + 1) * classes,
        ),
      ],
    );
  });
});
