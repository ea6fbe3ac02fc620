import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type ComparisonSummary,
  compareConnLogs,
  formatComparison,
  parseConnLog,
} from '../../scripts/conn-log.ts';

const TSV = [
  '#separator \\x09',
  '#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\tconn_state',
  '#types\ttime\taddr\tport\taddr\tport\tenum\tinterval\tstring',
  '1.000000\t10.0.0.1\t1\t10.0.0.2\t2\tudp\t0.500000\tSF',
  '9.000000\t10.0.0.1\t1\t10.0.0.2\t2\tudp\t-\tS0',
  '#close\t2026-01-01-00-00-00',
].join('\n');
const PIPES = [
  'ts|id.orig_h|id.orig_p|id.resp_h|id.resp_p|proto|duration|conn_state|label',
  '9.000001|10.0.0.1|1|10.0.0.2|2|udp|-|S0|Benign',
  '1.000000|10.0.0.1|1|10.0.0.2|2|udp|0.500001|S0|Benign',
].join('\n');
const JSON_LINES = [
  '{"ts":1.0,"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"udp","duration":0.5,"conn_state":"SF"}',
  '{"ts":50.0,"id.orig_h":"10.0.0.9","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"udp","conn_state":"S0"}',
].join('\n');
const options = { columns: ['conn_state', 'duration'] };

test('rows of one tuple are paired by time, whatever the order and form of the logs', () => {
  const comparison = compareConnLogs(parseConnLog(TSV), parseConnLog(PIPES), options);
  assert.deepEqual([comparison.matched, comparison.onlyA.length, comparison.onlyB.length], [2, 0, 0]);
  assert.deepEqual(
    [...comparison.columns].map(([name, list]) => [name, list.length]),
    [
      ['conn_state', 1],
      ['duration', 0],
    ],
  );
  assert.match(formatComparison(comparison), /conn_state\s+50\.000 %\s+1 differ/);
});

test('rows without a partner are told on either side', () => {
  const comparison = compareConnLogs(parseConnLog(TSV), parseConnLog(JSON_LINES), options);
  assert.equal(comparison.matched, 1);
  assert.deepEqual(
    comparison.onlyA.map((row) => row['ts']),
    ['9.000000'],
  );
  assert.deepEqual(
    comparison.onlyB.map((row) => row['id.orig_h']),
    ['10.0.0.9'],
  );
});

test('the script tells equal from different by its exit code, in text and JSON', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-compare-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const lines = TSV.split('\n');
  writeFileSync(at('a.log'), TSV);
  // The same rows the other way round.
  writeFileSync(at('b.log'), [...lines.slice(0, 3), lines[4], lines[3]].join('\n'));
  writeFileSync(at('c.log'), TSV.replace('\tS0', '\tOTH'));
  const script = join(import.meta.dirname, '../../scripts/compare-conn-logs.ts');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], {
      encoding: 'utf8',
    });
  assert.equal(run(at('a.log'), at('b.log')).status, 0);
  const different = run('--json', at('a.log'), at('c.log'));
  assert.equal(different.status, 1);
  const summary = JSON.parse(different.stdout) as ComparisonSummary;
  assert.deepEqual([summary.matched, summary.differing['conn_state'], summary.isSame], [2, 1, false]);
  assert.match(run('--help').stdout, /^usage: [^]*--columns/);
  for (const wrong of [
    [at('a.log')],
    [at('a.log'), at('none.log')],
    ['--colour', at('a.log'), at('b.log')],
  ]) {
    assert.equal(run(...wrong).status, 2, wrong.join(' '));
  }
});
