import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { findCases } from '../../src/harness/case.ts';
import { renderJunit } from '../../src/harness/junit.ts';
import { renderOutcome, renderOutcomesMarkdown } from '../../src/harness/render-outcome.ts';
import { pruneCache, ReportCache } from '../../src/harness/report-cache.ts';
import { type CaseOutcome, reportOf } from '../../src/harness/run-case.ts';
import { runCases } from '../../src/harness/run-cases.ts';

const corpus = join(import.meta.dirname, '../../corpus');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-run-'));
after(() => rmSync(folder, { recursive: true }));

describe('cases', () => {
  const tasks = findCases(corpus)
    .filter(({ name, capture }) => !name.includes('/') && statSync(capture).size < 100_000)
    .map((one) => ({ ...one, golden: '', packets: 0 }));

  test('are the same in one process and in three, and are told in their order', async () => {
    assert.ok(tasks.length >= 6);
    const digests: string[][] = [];
    for (const jobs of [1, 3]) {
      const told: string[] = [];
      const outcomes = await runCases(tasks, {
        jobs,
        configFile: undefined,
        version: 'test',
        cache: null,
        record: false,
        onOutcome: ({ name }) => told.push(name),
      });
      assert.deepEqual(
        told,
        tasks.map(({ name }) => name),
      );
      digests.push(outcomes.map(({ digest }) => digest));
    }
    assert.ok(digests[0]!.every((digest) => digest.length === 64));
    assert.deepEqual(digests[1], digests[0]);
  });
});

describe('the cases of a folder', () => {
  const root = join(folder, 'found');
  mkdirSync(join(root, 'a/b'), { recursive: true });
  mkdirSync(join(root, 'c'));
  for (const file of [
    'a/capture.pcap',
    'a/b/capture.pcapng.gz',
    'a/b/expect.json',
    'c/other.pcap',
    'capture.cap',
  ])
    writeFileSync(join(root, file), '');

  test('are the folders with a capture, by name, with what lies beside it', () => {
    assert.deepEqual(
      findCases(root).map(({ name, expectation, truth }) => ({ name, expectation, truth })),
      [
        { name: '', expectation: '', truth: '' },
        { name: 'a', expectation: '', truth: '' },
        { name: join('a', 'b'), expectation: join(root, 'a/b/expect.json'), truth: '' },
      ],
    );
  });

  test(
    'are found behind links, and a link that leads back is followed once',
    { skip: process.platform === 'win32' },
    () => {
      symlinkSync(join(root, 'a'), join(root, 'c/linked'));
      symlinkSync('..', join(root, 'a/b/up'));
      const names = findCases(root).map(({ name }) => name);
      assert.ok(names.includes(join('c', 'linked')), names.join(' '));
      assert.ok(names.length < 20, names.join(' '));
    },
  );
});

describe('the cache', () => {
  const capture = join(corpus, 'arp-spoof/capture.pcapng');
  const cacheOf = (program: string, config: object = DEFAULT_CONFIG) =>
    new ReportCache(join(folder, 'cache'), config, program);
  const get = (cache: ReportCache) => reportOf(capture, { cache, config: DEFAULT_CONFIG, version: 'test' });

  test('gives the same report, for the same program and configuration only', async () => {
    const first = await get(cacheOf('p'));
    const second = await get(cacheOf('p'));
    assert.deepEqual([first.cached, second.cached], [false, true]);
    assert.deepEqual(second.report, first.report);
    assert.equal((await get(cacheOf('q'))).cached, false);
    assert.equal((await get(cacheOf('p', { ...DEFAULT_CONFIG, device: { maxDevices: 1 } }))).cached, false);
  });

  test('that cannot be written costs time, not the run', async () => {
    const path = join(folder, 'taken');
    writeFileSync(path, 'a file where the folder would be');
    const { cached, report } = await get(new ReportCache(join(path, 'reports'), DEFAULT_CONFIG, 'p'));
    assert.equal(cached, false);
    assert.ok(report.totals.packets > 0);
  });

  test('drops the oldest beyond its bound', () => {
    const path = join(folder, 'prune');
    new ReportCache(path, {}, '');
    for (const [i, name] of ['old', 'middle', 'new'].entries()) {
      writeFileSync(join(path, name), 'x'.repeat(100));
      utimesSync(join(path, name), 1000 + i, 1000 + i);
    }
    pruneCache(path, 250);
    assert.deepEqual(readdirSync(path).sort(), ['middle', 'new']);
  });
});

describe('outcomes with hostile text', () => {
  const outcome: CaseOutcome = {
    name: 'a<b>"&\u0001',
    status: 'fail',
    reason: '',
    unmet: ['\u001b[31mred\u001b[0m </failure> | @someone `x`'],
    changed: [{ path: 'devices[\u0000].names', before: '"<script>"', now: '' }],
    totals: null,
    digest: '',
    cached: false,
    elapsedMs: 1,
  };

  test('JUnit stays XML', () => {
    const text = renderJunit('s', [outcome]);
    assert.ok(!/[\u0000-\u0008\u001b]/.test(text));
    assert.equal(text.match(/</g)?.length, 7 + 0);
    assert.ok(text.includes('name="a&#60;b&#62;&#34;&#38;'));
  });

  test('terminal and Markdown show it and obey none of it', () => {
    assert.ok(!renderOutcome(outcome, false).includes('\u001b'));
    const markdown = renderOutcomesMarkdown('t', [outcome]);
    assert.ok(!markdown.includes('\u001b'));
    // In code spans no HTML is HTML, and no mention one.
    const outside = markdown.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
    assert.ok(!/<script>|<\/failure>|@someone/.test(outside), outside);
    assert.ok(markdown.includes('@someone') && markdown.includes('a&lt;b&gt;&quot;&amp;'));
  });
});

test('a process of the pool says nothing of its own on the streams', () => {
  const worker = join(import.meta.dirname, '../../src/harness/case-worker.ts');
  // Without a parent to hear from it has nothing to wait for.
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', worker], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});
