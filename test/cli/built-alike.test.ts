/** Commands from their sources and as they are built say the same: bundling and folding of constants change nothing. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SKIP } from '../model/scoring-capture.ts';
import { IS_BUILT, lanscope, lanscopeFromSources, type Outcome, ROOT } from './command.ts';

const SCAN = join(ROOT, 'corpus/port-scan/capture.pcapng');
const SPOOF = join(ROOT, 'corpus/arp-spoof/capture.pcapng');
const LAPTOP = '3c:a9:f4:11:22:33';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-every-'));
const FOLDERS = ['sources', 'built'] as const;
after(() => rmSync(folder, { recursive: true }));
before(() => {
  for (const side of FOLDERS) {
    mkdirSync(join(folder, side, 'cases/spoof'), { recursive: true });
    copyFileSync(SPOOF, join(folder, side, 'cases/spoof/capture.pcapng'));
  }
});

/** In order: later ones use what earlier ones wrote. Few, as each takes seconds from the sources. */
const CALLS: readonly (readonly [expected: number, ...args: string[]])[] = [
  [1, 'analyze', SCAN, '-o', 'a.json', '--events', 'e.ndjson', '--zeek-logs', 'logs', '--fail-on', 'high'],
  [0, 'replay', SPOOF, '--speed', 'max', '--headless', '-o', 'b.json', '--baseline', 'a.json'],
  [3, 'live', '-i', 'nope0'],
  [1, 'diff', 'a.json', 'b.json', '--markdown'],
  [0, 'flows', SCAN, '--by', 'host', '--top', '5'],
  [0, 'device', LAPTOP, '--report', 'b.json'],
  [0, 'features', SPOOF, '-o', 'features.csv'],
  [0, 'mud', 'learn', SPOOF, '--device', LAPTOP, '-o', 'laptop.json'],
  [0, 'test', 'cases', '--record', '--jobs', '1'],
  [0, 'corpus', 'record', 'bundled', '--only', 'ip-conflict', '--golden', 'golden', '--jobs', '1'],
];

const FILES = ['logs/conn.log', 'e.ndjson', 'features.csv', 'laptop.json', 'golden/ip-conflict/report.json'];

/** Without what depends on how fast it went, and on the folder. */
function lasting(text: string): string {
  return text
    .replaceAll(/\/(?:sources|built)\b/g, '')
    .replaceAll(/\d[\d.,]* (?:ms|s|min|[kM] packets\/s|packets\/s)\b/g, '')
    .replaceAll(/"(?:startedAt|elapsedMs|packetsPerSecond|savedAt)": [^\n]+/g, '');
}

test('from the sources and as it is built', async (t) => {
  const outcomes = await Promise.all(
    FOLDERS.map(async (side) => {
      const run = side === 'sources' ? lanscopeFromSources : lanscope;
      const all: Outcome[] = [];
      const cwd = join(folder, side);
      const env = { XDG_CACHE_HOME: join(cwd, 'cache'), XDG_DATA_HOME: join(cwd, 'data') };
      for (const [, ...args] of CALLS) {
        if (side === 'sources' || IS_BUILT) all.push(await run(args, { cwd, env }));
      }
      return all;
    }),
  );
  const [sources, built] = outcomes as [Outcome[], Outcome[]];
  for (const [i, [expected, ...args]] of CALLS.entries()) {
    const { code, stdout, stderr } = sources[i]!;
    assert.equal(code, expected, `${args.join(' ')}\n${stdout}${stderr}`);
    if (!IS_BUILT) continue;
    const other = built[i]!;
    assert.equal(other.code, code, args.join(' '));
    assert.equal(lasting(other.stdout), lasting(stdout), args.join(' '));
    assert.equal(lasting(other.stderr), lasting(stderr), args.join(' '));
  }
  for (const file of FILES) {
    const [a, b] = FOLDERS.map((side) => join(folder, side, file)) as [string, string];
    assert.ok(existsSync(a), file);
    if (IS_BUILT) assert.equal(lasting(readFileSync(b, 'utf8')), lasting(readFileSync(a, 'utf8')), file);
  }
  if (!IS_BUILT) t.diagnostic('nothing was built beforehand: from the sources alone');
});

test('analyze finds its packages from compiled code too', { skip: SKIP || !IS_BUILT }, async () => {
  const env = { XDG_CACHE_HOME: mkdtempSync(join(folder, 'compiled-')) };
  // Runs add to the compiled code until the fourth.
  for (let n = 1; n <= 6; n++) {
    const { code, stdout, stderr } = await lanscope(['analyze', SCAN, '--model', 'default'], { env });
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /onnxruntime/, `run ${n}`);
    assert.match(stdout, /ml-scan/, `run ${n}`);
  }
});
