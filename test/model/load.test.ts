/** A model that cannot be used is one line, and the analysis is that of the rules. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { describeModel, UnusableModel } from '../../src/model/description.ts';
import { bundledModel, loadModel } from '../../src/model/load.ts';
import { readOnnxMetadata } from '../../src/model/onnx-metadata.ts';
import { CAPTURES, scored, SKIP } from './scoring-capture.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-model-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const here = (name: string): string => join(import.meta.dirname, name);

async function problemOf(path: string, ...rest: [(() => Promise<never>)?]): Promise<string> {
  const loaded = await loadModel(path, ...rest);
  assert.ok('problem' in loaded, `${path} was loaded`);
  assert.ok(!loaded.problem.includes('\n'));
  return loaded.problem;
}

describe('models that cannot be used', () => {
  test('missing', async () => {
    assert.match(await problemOf(join(scratch, 'none.onnx')), /is not there/);
    assert.match(await problemOf(scratch), /is no file/);
  });

  test('no model, or cut short', async () => {
    const bytes = readFileSync(bundledModel());
    for (const [name, content] of Object.entries({
      empty: new Uint8Array(0),
      text: Buffer.from('this is no model'),
      cut: bytes.subarray(0, bytes.length >>> 1),
    })) {
      const path = join(scratch, `${name}.onnx`);
      writeFileSync(path, content);
      assert.match(await problemOf(path), /is damaged/);
    }
  });

  test('trained on features that this version does not extract', async () => {
    assert.match(await problemOf(here('wrong-features.onnx')), /conn@999.*conn@1/);
  });

  test('another width', { skip: SKIP }, async () => {
    assert.match(await problemOf(here('wrong-shape.onnx')), /\[N, 7\].*\[N, 13\]/);
  });

  test('onnxruntime-node is absent', async () => {
    const absent = (): Promise<never> => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'));
    assert.match(await problemOf(bundledModel(), absent), /optional package onnxruntime-node/);
  });

  test('a description with holes', () => {
    const whole = readOnnxMetadata(readFileSync(bundledModel()))!;
    for (const key of ['lanscope.classes', 'lanscope.thresholds', 'lanscope.benign']) {
      for (const value of ['', '{', '[]', '{"scan": "high"}', 'null']) {
        assert.throws(
          () => describeModel(new Map(whole).set(key, value), 'm.onnx'),
          UnusableModel,
          `${key}=${value}`,
        );
      }
    }
  });

  test('any bytes are metadata, or none, and never a crash', () => {
    const bytes = readFileSync(bundledModel());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        readOnnxMetadata(random);
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Uint8Array.from(bytes.subarray(0, 4000));
        changed[at % changed.length] = value;
        readOnnxMetadata(changed);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the older shape', { skip: SKIP }, () => {
  test('scores by its last column, on features of packets', async () => {
    const loaded = await loadModel(here('legacy.onnx'));
    assert.ok('model' in loaded);
    const { report, scores } = await scored(CAPTURES[0]!, loaded.model);
    assert.equal(scores.length, report.totals.flows);
    // 1 / (1 + exp(2 - SYNs)): a flow without, with one, with two.
    const expected = [0, 1, 2, 3].map((syn) => Math.round(1e6 / (1 + Math.exp(2 - syn))) / 1e6);
    assert.ok(scores.every(({ score }) => expected.some((value) => Math.abs(value - score) < 2e-6)));
    assert.ok(scores.some(({ score }) => Math.abs(score - expected[1]!) < 2e-6));
    assert.equal(report.models[0]!.name, 'legacy.onnx');
  });
});
