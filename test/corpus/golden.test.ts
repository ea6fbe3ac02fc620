/**
 * Every case of corpus/: the report is the golden one byte for byte, and what a person expects of it holds. Golden
 * reports are written only with LANSCOPE_UPDATE=1.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findCases } from '../../src/harness/case.ts';
import { readExpectation, unmetExpectations } from '../../src/harness/expectation.ts';
import { analyzeFile, goldenText } from '../engine/analyze-file.ts';

const corpus = join(import.meta.dirname, '../../corpus');
const update = process.env['LANSCOPE_UPDATE'] === '1';

describe('corpus', () => {
  const cases = findCases(corpus);
  test('has cases', () => assert.ok(cases.length > 0));

  for (const { name, capture, golden, expectation } of cases) {
    test(name, async () => {
      const report = await analyzeFile(capture);
      if (expectation !== '') {
        assert.deepEqual(unmetExpectations(await readExpectation(expectation), report), []);
      }
      const text = goldenText(report);
      if (update) writeFileSync(golden, text);
      assert.ok(existsSync(golden), `no golden report; write it with LANSCOPE_UPDATE=1`);
      assert.equal(text, readFileSync(golden, 'utf8'));
    });
  }
});
