import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-compiled-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a small bundle whose functions are long enough for their compiled code to be seen in the file's size. */
const script = join(folder, 'bundle.cjs');
const body = Array.from({ length: 200 }, (_, i) => `x = (x * ${i + 3} + ${i}) % 65537;`).join('');
const source = (answer: string): string =>
  `(function(module, require, bundleUrl) {"use strict";
const { sep } = require('node:path');
function first(x) { ${body} return x; }
function second(x) { ${body} return x + 1; }
module.exports = { sep, bundleUrl, answer: ${answer}, called: process.argv[2] === 'second' ? second(1) : first(1) };
})`;
const main = join(folder, 'main.ts');
writeFileSync(
  main,
  `import { runCompiled } from ${JSON.stringify(join(ROOT, 'src/launch/compiled-script.ts'))};
import { tuneV8After } from ${JSON.stringify(join(ROOT, 'src/launch/v8-flags.ts'))};
const typical = process.argv[3] !== 'untypical';
console.log(JSON.stringify(runCompiled(${JSON.stringify(script)}, () => typical)));
if (process.argv[3] === 'long') tuneV8After(Infinity);`,
);
const cache = join(folder, 'cache');
mkdirSync(cache);
const file = join(cache, 'lanscope/bundle.cjs.code');

function run(...args: string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, ...args],
    { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const generation = (): number => readFileSync(file).readUInt32LE(8);

test('a bundle runs the same without compiled code, with it, and when it is of something else', () => {
  writeFileSync(script, source('1'));
  const fresh = run('first', 'untypical');
  assert.equal(existsSync(file), false, 'a run that is not typical leaves nothing');
  assert.equal(fresh['bundleUrl'], `file://${script}`);

  assert.deepEqual(run('first'), fresh);
  const one = readFileSync(file);
  assert.equal(generation(), 1);

  const other = run('second');
  assert.notDeepEqual(other, fresh);
  assert.equal(generation(), 2);
  assert.ok(readFileSync(file).length > one.length, 'what the second run compiled was added');

  assert.deepEqual(run('second'), other);
  assert.deepEqual(run('first'), fresh);
  assert.equal(generation(), 4);
  const settled = readFileSync(file);
  assert.deepEqual(run('first'), fresh);
  assert.deepEqual(readFileSync(file), settled, 'later runs leave it alone');

  // V8 itself compares no more than the length of a source.
  writeFileSync(script, source('2'));
  assert.equal(run('first')['answer'], 2);
  assert.equal(generation(), 1);
});

test('what a long run leaves is taken by the next: it was kept under the settings of the start', () => {
  writeFileSync(script, source('4'));
  const fresh = run('first', 'long');
  assert.equal(generation(), 1);
  assert.deepEqual(run('first'), fresh);
  assert.equal(generation(), 2, 'refused code begins anew');
});

test('code that V8 refuses is replaced', () => {
  writeFileSync(script, source('3'));
  const fresh = run('first');
  const foreign = Buffer.from(readFileSync(file));
  // As if it was made by another version of V8.
  foreign[16 + 4]! ^= 0xff;
  foreign.writeUInt32LE(crc32(foreign.subarray(16)), 12);
  writeFileSync(file, foreign);
  assert.deepEqual(run('first'), fresh);
  assert.notDeepEqual(readFileSync(file), foreign);
  assert.equal(generation(), 1);
});
