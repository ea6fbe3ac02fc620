/** `lanscope test` and `lanscope corpus` as a person runs them. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatCount } from '../../src/report/quantity.ts';
import { lanscope, ROOT } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-corpus-'));
const cases = join(folder, 'cases');
const env = { XDG_CACHE_HOME: join(folder, 'cache'), XDG_DATA_HOME: join(folder, 'data') };
const run = (...args: string[]) => lanscope(args, { env });
after(() => rmSync(folder, { recursive: true }));

const NAMES = ['arp-spoof', 'ip-conflict', 'port-scan'];
before(async () => {
  for (const name of NAMES) {
    mkdirSync(join(cases, name), { recursive: true });
    copyFileSync(join(ROOT, 'corpus', name, 'capture.pcapng'), join(cases, name, 'capture.pcapng'));
  }
  const { code, stdout } = await run('test', cases, '--record');
  assert.equal(code, 0);
  assert.match(stdout, /3 cases: 0 passed, 3 recorded/);
});

describe('test', () => {
  test('passes what is as recorded, in one process and in two, with a cache and without', async () => {
    for (const options of [
      ['--jobs', '1'],
      ['--jobs', '2', '--no-cache'],
    ]) {
      const { code, stdout } = await run('test', cases, ...options);
      assert.equal(code, 0, stdout);
      assert.deepEqual(
        stdout.match(/^ok +\S+/gm),
        NAMES.map((name) => `ok   ${name}`),
      );
    }
  });

  test('a changed threshold changes exactly the cases and fields that hang on it', async () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ detect: { thresholds: { 'port-scan': { ports: 500 } } } }));
    const { code, stdout, stderr } = await run('test', cases, '--config', config);
    assert.equal(code, 1, stderr);
    assert.deepEqual(stdout.match(/^(?:ok|FAIL) +\S+/gm), [
      'ok   arp-spoof',
      'ok   ip-conflict',
      'FAIL port-scan',
    ]);
    assert.match(
      stdout,
      /findings\[port-scan 00:0c:29:de:ad:01 b8:27:eb:12:34:56\]\.severity: "high" → "medium"/,
    );
    assert.ok(!stdout.includes('findings[host-scan'));
  });

  test('a golden report that says something else, an expectation that does not hold', async () => {
    const other = join(folder, 'other');
    for (const name of NAMES) {
      mkdirSync(join(other, name), { recursive: true });
      for (const file of ['capture.pcapng', 'report.json'])
        copyFileSync(join(cases, name, file), join(other, name, file));
    }
    const golden = join(other, 'port-scan/report.json');
    const report = JSON.parse(readFileSync(golden, 'utf8')) as { findings: { severity: string }[] };
    report.findings[0]!.severity = 'low';
    writeFileSync(golden, JSON.stringify(report, null, 1));
    writeFileSync(join(other, 'arp-spoof/expect.json'), JSON.stringify({ noFindings: ['arp-spoof'] }));
    const junit = join(folder, 'junit.xml');
    const markdown = join(folder, 'changes.md');
    const { code, stdout } = await run('test', other, '--junit', junit, '--markdown', markdown);
    assert.equal(code, 1);
    assert.match(stdout, /FAIL arp-spoof .*\n +expected: no finding arp-spoof expected, but: /);
    assert.match(stdout, /ok +ip-conflict/);
    assert.match(
      stdout,
      /FAIL port-scan .*\n +changed: findings\[[^\]]*\]\.severity: "low" → "high"\n3 cases/,
    );
    assert.match(readFileSync(junit, 'utf8'), /tests="3" failures="2" errors="0" skipped="0"/);
    assert.match(readFileSync(markdown, 'utf8'), /2 cases changed[\s\S]*severity/);
    const json = await run('test', other, '--json', '--only', 'port-scan');
    const told = JSON.parse(json.stdout) as { fail: number; cases: { changed: { path: string }[] }[] };
    assert.equal(told.fail, 1);
    assert.equal(told.cases[0]!.changed.length, 1);
  });

  test('a capture that is none fails its case, and the others run', async () => {
    const other = join(folder, 'broken');
    mkdirSync(join(other, 'a'), { recursive: true });
    mkdirSync(join(other, 'b'), { recursive: true });
    writeFileSync(join(other, 'a/capture.pcap'), 'no capture');
    writeFileSync(join(other, 'a/expect.json'), '{}');
    copyFileSync(join(cases, 'arp-spoof/capture.pcapng'), join(other, 'b/capture.pcapng'));
    writeFileSync(join(other, 'b/expect.json'), '{"findings":[{"rule":"arp-spoof"}]}');
    const { code, stdout } = await run('test', other);
    assert.equal(code, 1);
    assert.match(stdout, /FAIL a .*\nok +b /);
  });

  test('bad usage is told with exit code 2', async () => {
    assert.equal((await run('test', join(folder, 'nowhere'))).code, 2);
    assert.equal((await run('test', cases, '--jobs', '0')).code, 2);
    assert.equal((await run('test', cases, '--only', 'nothing')).code, 2);
    assert.equal((await run('test', cases, '--shard', '3/2')).code, 2);
  });

  test('the cache holds whole reports only, and a damaged one is made again', async () => {
    await run('test', cases);
    const cache = join(folder, 'cache/lanscope/reports');
    const entries = readdirSync(cache);
    assert.ok(entries.length >= 3 && entries.every((name) => /^[0-9a-f]{64}\.json$/.test(name)));
    for (const name of entries) writeFileSync(join(cache, name), '{"cut":');
    const { code, stdout } = await run('test', cases);
    assert.equal(code, 0);
    assert.ok(!stdout.includes('cached'));
  });
});

describe('corpus', () => {
  test('list names the corpora and their cases', async () => {
    const { stdout } = await run('corpus', 'list', '--json');
    const corpora = JSON.parse(stdout) as { name: string; cases: number; present: number }[];
    assert.deepEqual(
      corpora.map(({ name }) => name),
      ['bundled', 'iot-23'],
    );
    assert.deepEqual([corpora[1]!.cases, corpora[1]!.present], [23, 0]);
    assert.match((await run('corpus', 'list', 'iot-23')).stdout, /CTU-IoT-Malware-Capture-34-1 .*Mirai/);
  });

  test('golden reports of a corpus can be kept anywhere', async () => {
    const golden = join(folder, 'golden');
    assert.equal(
      (await run('corpus', 'record', 'bundled', '--only', 'port-scan', '--golden', golden)).code,
      0,
    );
    assert.ok(existsSync(join(golden, 'port-scan/report.json')));
    assert.equal((await run('corpus', 'run', 'bundled', '--only', 'port-scan', '--golden', golden)).code, 0);
  });

  test('captures that are not here are skipped, and nothing to run is an error', async () => {
    const { code, stdout, stderr } = await run('corpus', 'run', 'iot-23', '--only', '8-1');
    assert.equal(code, 2);
    assert.match(stdout, /skip CTU-IoT-Malware-Capture-8-1/);
    assert.match(stderr, /no case could be run/);
    assert.equal((await run('corpus', 'run', 'nothing')).code, 2);
    assert.equal((await run('corpus', 'run')).code, 2);
  });

  test('damaged captures of a folder are told, and scored as far as they were read', async () => {
    const benign = join(folder, 'benign');
    mkdirSync(benign);
    const whole = readFileSync(join(ROOT, 'corpus/office-lan/capture.pcapng'));
    writeFileSync(join(benign, 'whole.pcapng'), whole);
    const cut = join(benign, 'cut.pcapng');
    writeFileSync(cut, whole.subarray(0, whole.length >>> 1));
    const { code, stdout, stderr } = await run(
      'corpus',
      'score',
      '--benign',
      benign,
      '--model',
      'none',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const told =
      /^lanscope: (.+) is damaged at byte ([\d,]+): the last block is cut; reading stopped there/gm;
    const [[, path, offset] = [], ...others] = stderr.matchAll(told);
    assert.equal(path, cut);
    assert.deepEqual(others, []);
    const result = JSON.parse(stdout) as { captures: number; damaged: { capture: string; offset: number }[] };
    assert.equal(result.captures, 2);
    assert.deepEqual(
      result.damaged.map((one) => [one.capture, formatCount(one.offset)]),
      [[cut, offset]],
    );
  });

  test('false alarms on captures that are said to be benign are a gate', async () => {
    const scan = ['--benign', join(ROOT, 'corpus/port-scan'), '--model', 'none', '--max-false-alarms'];
    const { code, stdout, stderr } = await run('corpus', 'score', ...scan, '0.001');
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^nothing hostile happens in 1 capture with [\d,]+ connections$/m);
    assert.match(stderr, /total: the rules called 0\.\d+ of benign connections, .* above the gate 0\.001/);
    const quiet = ['--benign', join(ROOT, 'corpus/office-lan'), '--max-false-alarms', '0'];
    assert.equal((await run('corpus', 'score', ...quiet)).code, 0);
    assert.equal((await run('corpus', 'score', ...scan, '2')).code, 2);
    // A capture without packets: nothing was measured.
    const header = join(folder, 'header.pcap');
    writeFileSync(header, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const nothing = await run('corpus', 'score', '--benign', header, '--max-false-alarms', '0.001');
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /no benign connection was there/);
  });

  const shared = process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(ROOT, '../shared/captures');
  test(
    'IoT-23 8-1 from a folder: run, and score by rules alone',
    { skip: !existsSync(shared) && `no captures at ${shared}` },
    async () => {
      const from = ['--from', join(shared, 'iot-23'), '--only', '8-1'];
      assert.equal((await run('corpus', 'run', 'iot-23', ...from)).code, 0);
      const { code, stdout } = await run('corpus', 'score', 'iot-23', ...from, '--json');
      assert.equal(code, 0);
      const { total } = JSON.parse(stdout) as { total: { flows: number; precision: number; recall: number } };
      assert.equal(total.flows, 10_403);
      assert.ok(total.precision >= 0.99 && total.recall >= 0.99);
    },
  );
});
