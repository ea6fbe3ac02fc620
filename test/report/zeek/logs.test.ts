import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { parseConnLog } from '../../../scripts/conn-log.ts';
import { analyze } from '../../../src/engine/analyze.ts';
import type { Report } from '../../../src/report/schema.ts';
import { ZeekLogs } from '../../../src/report/zeek/logs.ts';
import { ScoredRows } from '../../../src/report/zeek/scored-conn.ts';
import { CAPTURES, MODEL, scored, SKIP } from '../../model/scoring-capture.ts';
import type { FieldValue } from '../../../src/report/zeek/value.ts';
import type { LogFormat } from '../../../src/report/zeek/log-file.ts';
import { formatJson, formatTsv, intervalText, timeText } from '../../../src/report/zeek/value.ts';

const CAPTURE = join(import.meta.dirname, '../../../corpus/home-lan/capture.pcapng');
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-zeek-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let runs = 0;
async function write(
  format: LogFormat,
  batchSize?: number,
): Promise<{ logs: Map<string, string>; report: Report }> {
  const directory = join(scratch, `run-${runs++}`);
  const { report } = await analyze({
    paths: [CAPTURE],
    outputs: [new ZeekLogs(directory, format)],
    version: 'test',
    ...(batchSize === undefined ? {} : { source: { batchSize, chunkSize: 4096 } }),
  });
  const logs = new Map(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
  return { logs, report };
}

test('one conn.log row per flow of the report; every row has every column', async () => {
  const { logs, report } = await write('tsv');
  const rows = parseConnLog(logs.get('conn.log')!);
  assert.equal(rows.length, report.totals.flows);
  assert.equal(new Set(rows.map((row) => row['uid'])).size, rows.length);
  for (const [name, text] of logs) {
    const lines = text.trimEnd().split('\n');
    assert.equal(lines[0], '#separator \\x09', name);
    assert.match(lines.at(-1)!, /^#close\t\d{4}(-\d\d){5}$/);
    const fields = lines.find((line) => line.startsWith('#fields'))!.split('\t').length - 1;
    assert.equal(lines.find((line) => line.startsWith('#types'))!.split('\t').length - 1, fields);
    for (const line of lines.filter((l) => !l.startsWith('#')))
      assert.equal(line.split('\t').length, fields, line);
  }
});

test('messages lead to their connection by its uid', async () => {
  const { logs } = await write('tsv');
  const uids = new Set(parseConnLog(logs.get('conn.log')!).map((row) => row['uid']));
  const dns = parseConnLog(logs.get('dns.log')!);
  assert.ok(dns.length > 0);
  for (const row of dns) assert.ok(uids.has(row['uid']), row['uid']);
  const dhcp = parseConnLog(logs.get('dhcp.log')!);
  assert.ok(dhcp.length > 0);
  for (const row of dhcp) for (const uid of row['uids']!.split(',')) assert.ok(uids.has(uid));
});

test('the same bytes whatever the batch and chunk size', async () => {
  assert.deepEqual((await write('tsv', 1)).logs, (await write('tsv')).logs);
});

test('JSON says what TSV says', async () => {
  const tsv = parseConnLog((await write('tsv')).logs.get('conn.log')!);
  const json = (await write('json')).logs.get('conn.log')!.trimEnd().split('\n');
  assert.equal(json.length, tsv.length);
  json.forEach((line, n) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    for (const [name, text] of Object.entries(tsv[n]!)) {
      if (text === '-') assert.equal(row[name], undefined, name);
      else if (typeof row[name] === 'number') assert.equal(row[name], Number(text), name);
      else if (typeof row[name] === 'boolean') assert.equal(row[name], text === 'T', name);
      else assert.equal(String(row[name] as string), text, name);
    }
  });
});

test('no text breaks out of its field', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '-', '(empty)', '\t', 'a\nb', '\\x09', 'a,b', '\u0085', '\ud800', '#close'),
  );
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 4 }), (text, list) => {
      const field = /^[^\u0000-\u001f\u007f-\u009f]+$/;
      assert.match(formatTsv(text), field);
      assert.match(formatTsv(list), field);
      // An element holds no comma of its own.
      assert.equal(list.length === 0 ? 1 : list.length, formatTsv(list).split(',').length);
      assert.notEqual(formatTsv(text), '-');
      assert.equal(formatTsv(text) === '(empty)', text === '');
      const json = formatJson([{ name: 'x', type: 'string' }], [text]);
      assert.ok(!json.includes('\n'));
      assert.equal((JSON.parse(json) as { x: string }).x, text);
    }),
    { numRuns: 300 },
  );
  assert.equal(formatTsv(undefined), '-');
  assert.equal(formatTsv([]), '(empty)');
  assert.equal(formatTsv('a\tb\\'), 'a\\x09b\\x5c');
  assert.equal(formatTsv(['a,b', 'c']), 'a\\x2cb,c');
});

test('times have six digits', () => {
  assert.equal(timeText(1_533_042_911, 474_174_999), '1533042911.474174');
  assert.equal(timeText(1, 999), '1.000000');
  assert.equal(intervalText(5_490_000), '0.005490');
  assert.equal(intervalText(3_600_000_000_123), '3600.000000');
});

test('with a model conn.log has its columns after those of Zeek', { skip: SKIP }, async () => {
  const [capture] = CAPTURES;
  const rowsWith = async (isScored: boolean): Promise<Record<string, string>[]> => {
    const directory = join(scratch, `scored-${isScored}`);
    await analyze({
      paths: [capture!],
      outputs: [new ZeekLogs(directory, 'tsv', isScored)],
      ...(isScored ? { model: MODEL! } : {}),
      version: 'test',
    });
    return parseConnLog(readFileSync(join(directory, 'conn.log'), 'utf8'));
  };
  const bare = await rowsWith(false);
  const rows = await rowsWith(true);
  const { scores } = await scored(capture!, MODEL);
  assert.equal(scores.length, rows.length);
  assert.deepEqual(
    rows.map(({ ml: _, ml_score: __, ...row }) => row),
    bare,
  );
  assert.deepEqual(
    rows.map(({ ml, ml_score }) => [ml, Number(ml_score)]),
    scores.map(({ class: name, score, isAlarm }) => [isAlarm ? name : '-', score]),
  );
  assert.ok(rows.some(({ ml }) => ml === 'scan'));
  assert.deepEqual(Object.keys(rows[0]!).slice(-2), ['ml', 'ml_score']);
});

test('rows whose flows are not scored are written without a score, in their order', () => {
  const written: (readonly FieldValue[])[] = [];
  const rows = new ScoredRows((values) => written.push(values));
  for (let flow = 0; flow < 70_000; flow++) rows.flowEnd(flow, [flow]);
  // What waited longest did not wait for ever; a score that comes after all is for a row that is gone.
  const early = written.length;
  assert.ok(early > 0 && early < 10_000);
  rows.flowScore(0, 'scan', 1);
  rows.flowScore(early, '', 0.25);
  rows.flowScore(early + 1, 'scan', 0.99);
  rows.end();
  assert.deepEqual(
    written.map(([flow]) => flow),
    Array.from({ length: 70_000 }, (_, n) => n),
  );
  assert.deepEqual(written[early], [early, undefined, 0.25]);
  assert.deepEqual(written[early + 1], [early + 1, 'scan', 0.99]);
  assert.deepEqual(written[0], [0, undefined, undefined]);
});
