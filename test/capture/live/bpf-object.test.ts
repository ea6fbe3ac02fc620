import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BpfBuild, buildBpf, clangVersion, sha256 } from '../../../scripts/build-bpf.ts';

const folder = join(import.meta.dirname, '../../../bpf');
const stated = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as BpfBuild;

test('the objects are those that were built of these sources', () => {
  const files = readdirSync(folder).filter((name) => /\.[cho]$/.test(name));
  assert.deepEqual(
    Object.fromEntries(files.map((name) => [name, sha256(join(folder, name))])),
    stated.sha256,
    'a source was changed without `npm run build:bpf`',
  );
});

test('built again with the same compiler, they are the same to the byte', (t) => {
  const clang = clangVersion();
  if (clang !== stated.clang) {
    t.skip(`built with clang ${stated.clang}, here is ${clang ?? 'none'}`);
    return;
  }
  const output = mkdtempSync(join(tmpdir(), 'lanscope-bpf-'));
  try {
    for (const object of buildBpf(output)) {
      assert.ok(readFileSync(join(output, object)).equals(readFileSync(join(folder, object))), object);
    }
  } finally {
    rmSync(output, { recursive: true });
  }
});
