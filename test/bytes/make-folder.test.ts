import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder } from '../../src/bytes/make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'lanscope-folder-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('makes what is missing above it, and takes what is there', () => {
  const path = join(root, 'a/b/c');
  makeFolder(path, 0o700);
  assert.ok(statSync(path).isDirectory());
  makeFolder(path);
});

test('a file in the way is told', () => {
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => makeFolder(join(root, 'file')), { code: 'ENOTDIR' });
  assert.throws(() => makeFolder(join(root, 'file/below')), { code: 'ENOTDIR' });
});

test('comes back where no folder can be made', { skip: !existsSync('/proc/self') && 'no /proc' }, () => {
  assert.throws(() => makeFolder('/proc/lanscope/below'), { code: /^(ENOENT|EACCES|EPERM|EROFS)$/ });
});
