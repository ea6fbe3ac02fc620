import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failureOf, fuzz } from './fuzzer.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { readSeeds } from './seeds.ts';
import { type FuzzCase, type FuzzTarget, inputOf } from './target.ts';
import { createTargets } from './targets.ts';

const CASES = join(import.meta.dirname, 'cases');
const BRIEF_INPUTS = 1500;

for (const file of readdirSync(CASES).filter((name) => name.endsWith('.json'))) {
  test(`kept case ${file}`, async () => {
    const kept = JSON.parse(readFileSync(join(CASES, file), 'utf8')) as FuzzCase;
    const target = createTargets().find((t) => t.name === kept.target);
    assert.ok(target, `there is no target ${kept.target}`);
    assert.equal(await failureOf(target, inputOf(kept)), null);
  });
}

test('a brief run over the seeds finds nothing', async () => {
  const result = await fuzz({
    targets: createTargets(),
    seeds: await readSeeds(),
    seed: 1,
    goOn: (inputs) => inputs < BRIEF_INPUTS,
  });
  assert.equal(result.failure, null, String((result.failure?.error as Error | undefined)?.stack));
  for (const [name, runs] of result.perTarget) assert.ok(runs > 20, `${name} ran ${runs} times`);
});

test('a target that reads past the record is found, and its input made small', async () => {
  const broken: FuzzTarget = {
    name: 'broken',
    kind: 'frame',
    run: ({ bytes }) => assert.ok(bytes.length < 20 || bytes[10]! < 250),
  };
  const { failure } = await fuzz({
    targets: [broken],
    seeds: await readSeeds(),
    seed: 2,
    goOn: (inputs) => inputs < 20_000,
  });
  assert.ok(failure);
  assert.equal(failure.input.bytes.length, 20);
});

test('mutations repeat with their seed and leave the original alone', () => {
  const original = Uint8Array.from({ length: 60 }, (_, i) => i);
  const kept = original.slice();
  const run = (): Uint8Array[] => {
    const random = new Random(7);
    return Array.from({ length: 200 }, () => mutate(original, random, [original]));
  };
  assert.deepEqual(run(), run());
  assert.deepEqual(original, kept);
});
