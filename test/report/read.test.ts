import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { parseReport, readReport } from '../../src/report/read.ts';
import { upgradeReport } from '../../src/report/upgrade.ts';
import { sampleReport } from './sample.ts';

const failsWith = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LanscopeError);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

test('a written report reads back as it was', async () => {
  const report = sampleReport();
  assert.deepEqual(await parseReport(JSON.stringify(report), 'r.json'), report);
});

test('what is not a report is refused with its reason', async () => {
  const report = sampleReport();
  const cases: [string, string, RegExp][] = [
    ['not json', 'REPORT_INVALID', /r\.json is not JSON/],
    ['[1]', 'REPORT_INVALID', /not a lanscope report/],
    ['{"name":"x"}', 'REPORT_INVALID', /states no schema version/],
    ['{"schemaVersion":0}', 'REPORT_INVALID', /states no schema version/],
    ['{"schemaVersion":2}', 'REPORT_TOO_NEW', /version 2, and this lanscope knows versions up to 1/],
    ['{"schemaVersion":1}', 'REPORT_INVALID', /not a valid lanscope report/],
    [
      JSON.stringify({ ...report, totals: { ...report.totals, packets: -1 } }),
      'REPORT_INVALID',
      /\/totals\/packets must be at least 0/,
    ],
  ];
  for (const [text, code, pattern] of cases) {
    await assert.rejects(parseReport(text, 'r.json'), failsWith(code, pattern), text.slice(0, 40));
  }
  await assert.rejects(readReport('/nowhere/r.json'), failsWith('INPUT_NOT_FOUND', /does not exist/));
});

test('older versions are upgraded step by step', () => {
  const upgraders = {
    1: (report: Record<string, unknown>) => ({ ...report, b: 2 }),
    2: (report: Record<string, unknown>) => ({ ...report, c: Number(report['b']) + 1 }),
  };
  assert.deepEqual(upgradeReport({ schemaVersion: 1, a: 1 }, 'r', upgraders, 3), {
    schemaVersion: 3,
    a: 1,
    b: 2,
    c: 3,
  });
  assert.throws(() => upgradeReport({ schemaVersion: 1 }, 'r', {}, 2), /no upgrader from report version 1/);
});
