/** The same bytes give the same report, however they are read and wherever the program runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findCases } from '../../src/harness/case.ts';
import { COMMAND, ROOT } from '../cli/command.ts';
import { analyzeFile, goldenText } from './analyze-file.ts';

const cases = findCases(join(ROOT, 'corpus'));

describe('determinism', () => {
  for (const { name, capture } of cases) {
    test(`${name}: chunk and batch sizes change nothing`, async () => {
      const expected = goldenText(await analyzeFile(capture));
      for (const source of [
        { chunkSize: 1 },
        { chunkSize: 100 },
        { batchSize: 1 },
        { batchSize: 4096 },
        { chunkSize: 5000, batchSize: 7 },
      ]) {
        const found = goldenText(await analyzeFile(capture, source));
        assert.ok(found === expected, `differs with ${JSON.stringify(source)}`);
      }
    });

    test(`${name}: poisoned batches change nothing`, async () => {
      const expected = goldenText(await analyzeFile(capture));
      process.env['LANSCOPE_POISON'] = '1';
      try {
        assert.ok(goldenText(await analyzeFile(capture, { batchSize: 64 })) === expected);
      } finally {
        delete process.env['LANSCOPE_POISON'];
      }
    });
  }

  test('time zone and locale change nothing', () => {
    const digests = [
      { TZ: 'UTC', LC_ALL: 'C' },
      { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LC_ALL: 'sv_SE.UTF-8', LANG: 'sv_SE.UTF-8' },
    ].map((environment) => {
      const [program, ...first] = COMMAND;
      const text = execFileSync(program, [...first, 'analyze', cases[0]!.capture, '--json'], {
        cwd: ROOT,
        env: { ...process.env, ...environment },
        encoding: 'utf8',
      });
      return text.slice(0, text.indexOf('"run"'));
    });
    assert.ok(digests[0]!.length > 1000);
    assert.equal(digests[1], digests[0]);
    assert.equal(digests[2], digests[0]);
  });
});
