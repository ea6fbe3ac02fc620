/** What `npm test` ends with, whatever became of the tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

function lastLine(
  files: Readonly<Record<string, string>>,
): [line: string | undefined, status: number | null] {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-counts-'));
  try {
    mkdirSync(join(folder, 'test'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const [name, body] of Object.entries(files)) {
      writeFileSync(join(folder, 'test', name), `import test from 'node:test';\n${body}`);
    }
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ['--import', import.meta.resolve('tsx'), join(ROOT, 'scripts/test.ts'), '--in', folder];
    const { stdout, status } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
    assert.ok(stdout.endsWith('\n'));
    return [stdout.split('\n').at(-2), status];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the last line counts what passed, failed and was skipped; the exit code says whether any failed', () => {
  const passing = `test('a', () => {}); test('b', { skip: 'why' }, () => {});`;
  assert.deepEqual(lastLine({ 'a.test.ts': passing }), ['1 passed, 0 failed, 1 skipped', 0]);
  const failing = `test('c', () => { throw new Error('c'); });
test('d', { timeout: 50 }, () => new Promise((resolve) => setTimeout(resolve, 500)));
test('e', (t) => { t.diagnostic('pass 77'); });`;
  assert.deepEqual(lastLine({ 'a.test.ts': passing, 'b.test.ts': failing }), [
    '2 passed, 2 failed, 1 skipped',
    1,
  ]);
});

test('a file that ends before its tests is one that failed', () => {
  assert.deepEqual(lastLine({ 'a.test.ts': 'process.exit(0x2a);' }), ['0 passed, 1 failed, 0 skipped', 1]);
});
