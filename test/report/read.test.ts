import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { JsonWeight } from '../../src/report/json-weight.ts';
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

test('millions of tiny values are refused while they are read', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'lanscope-read-test-')), 'tiny.json');
  const text = JSON.stringify({ ...sampleReport(), devices: '' });
  const parse = JSON.parse;
  try {
    for (const tiny of ['{}', '[]', '0', '{"a":0}', '""']) {
      writeFileSync(path, text.replace('"devices":""', `"devices":[${`${tiny},`.repeat(1_500_000)}${tiny}]`));
      JSON.parse = () => assert.fail('parsed');
      await assert.rejects(readReport(path), failsWith('REPORT_INVALID', /holds millions of values/), tiny);
      JSON.parse = parse;
    }
    // As many of the size of those in reports, with what looks like values in a text.
    const much = `{"comment":"[,{\\"[,,,,,,,,","packets":[10020030040,10020030041]}`;
    const large = text.replace('"devices":""', () => `"devices":[${`${much},`.repeat(400_000)}${much}]`);
    writeFileSync(path, large);
    await assert.rejects(readReport(path), failsWith('REPORT_INVALID', /\/devices\/0 /));
  } finally {
    JSON.parse = parse;
    rmSync(dirname(path), { recursive: true });
  }
});

test('the weight of JSON does not depend on where its pieces end', () => {
  const text = Buffer.from(String.raw`{"a\":[1,"2,"{[,"],"b":{},"c":[[],{}]}`);
  for (const size of [1, 2, 3, 7, text.length]) {
    const weight = new JsonWeight();
    for (let at = 0; at < text.length; at += size) weight.add(text.subarray(at, at + size));
    assert.deepEqual([weight.values, weight.bytes], [9, text.length]);
  }
});

test('reports of the corpus have several times as many bytes for a value as must be', () => {
  const corpus = join(import.meta.dirname, '../../corpus');
  let seen = 0;
  for (const name of readdirSync(corpus)) {
    const path = join(corpus, name, 'report.json');
    if (!existsSync(path)) continue;
    seen++;
    const weight = new JsonWeight();
    weight.add(Buffer.from(JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))));
    assert.ok(weight.bytes / weight.values > 1.5 * 8, name);
  }
  assert.ok(seen > 5);
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
