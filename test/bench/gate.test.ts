import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  slowStages,
  type Reference,
  SLACK_OCTETS,
  TOLERANCE,
  toleranceOn,
} from '../../bench/stages/reference.ts';
import { figuresOf } from '../../bench/stages/samples.ts';
import { STAGES } from '../../bench/stages/stages.ts';

const reference: Reference = {
  cpu: 'one',
  node: '20.1.0',
  packets: 10,
  octets: { mixed: { read: 2, all: 20 } },
};

function figures(stage: string, octets: number) {
  return figuresOf(
    stage,
    [0.5, 1, 9].map((factor) => ({ octets: octets * factor, nanos: 1, garbage: 0 })),
  );
}

test('a stage fails when its median is above the tolerance, and when the reference does not know it', () => {
  const slow = (...all: ReturnType<typeof figures>[]) => slowStages(reference, 'mixed', all, TOLERANCE);
  assert.deepEqual(slow(figures('read', 2 * TOLERANCE + SLACK_OCTETS), figures('all', 20)), []);
  assert.deepEqual(slow(figures('read', 2 * TOLERANCE + SLACK_OCTETS + 0.01), figures('all', 20)), ['read']);
  assert.deepEqual(slow(figures('new', 1)), ['new']);
  assert.deepEqual(slowStages(reference, 'dns', [figures('read', 1)], TOLERANCE), ['read']);
});

test('on another machine or another major version of Node it is told apart', () => {
  assert.equal(toleranceOn(reference, 'one', '20.9.9'), TOLERANCE);
  assert.ok(toleranceOn(reference, 'two', '20.1.0') > TOLERANCE);
  assert.ok(toleranceOn(reference, 'one', '24.1.0') > TOLERANCE);
});

test('the reference knows every stage', () => {
  const path = join(import.meta.dirname, '../../bench/reference.json');
  const { octets } = JSON.parse(readFileSync(path, 'utf8')) as Reference;
  assert.deepEqual(
    Object.keys(octets['mixed'] ?? {}),
    STAGES.map(({ name }) => name),
  );
});
