import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { codeCacheFolder, readCachedCode, writeCachedCode } from '../../src/launch/code-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-code-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SUM = 0xdead_beef;
const CODE = Buffer.from('compiled code of some length');
let files = 0;

/** A file with `CODE` in a folder of its own. */
function cachedFile(): string {
  const file = join(folder, String(files++), 'script.code');
  writeCachedCode(file, SUM, { code: CODE, generation: 3 });
  return file;
}

describe('compiled code between runs', () => {
  test('is read as it was written, by its user alone', () => {
    const file = cachedFile();
    assert.deepEqual(readCachedCode(file, SUM), { code: CODE, generation: 3 });
    assert.deepEqual(readdirSync(join(file, '..')), ['script.code']);
    if (process.platform !== 'win32') {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
    }
  });

  test('is of one source', () => {
    assert.equal(readCachedCode(cachedFile(), SUM ^ 1), null);
  });

  test('any changed or missing byte is refused', () => {
    const file = cachedFile();
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at++) {
      // The generation only says how often it was added to.
      if (at >= 8 && at < 12) continue;
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      writeFileSync(file, changed);
      assert.equal(readCachedCode(file, SUM), null, `byte ${at}`);
      writeFileSync(file, bytes.subarray(0, at));
      assert.equal(readCachedCode(file, SUM), null, `cut at ${at}`);
    }
  });

  test(
    'what others can write, links, pipes and folders are refused',
    { skip: process.platform === 'win32' },
    () => {
      const file = cachedFile();
      chmodSync(file, 0o620);
      assert.equal(readCachedCode(file, SUM), null);
      chmodSync(file, 0o602);
      assert.equal(readCachedCode(file, SUM), null);
      chmodSync(file, 0o600);
      assert.notEqual(readCachedCode(file, SUM), null);
      symlinkSync(file, `${file}.link`);
      assert.equal(readCachedCode(`${file}.link`, SUM), null);
      execFileSync('mkfifo', [`${file}.pipe`]);
      assert.equal(readCachedCode(`${file}.pipe`, SUM), null);
      assert.equal(readCachedCode(join(file, '..'), SUM), null);
      assert.equal(readCachedCode(`${file}.none`, SUM), null);
    },
  );

  test('nothing is put where others can write', { skip: process.platform === 'win32' }, () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    writeCachedCode(join(open, 'script.code'), SUM, { code: CODE, generation: 1 });
    assert.deepEqual(readdirSync(open), []);
  });

  test('a place that cannot be written is no failure', () => {
    const file = cachedFile();
    writeCachedCode(join(file, 'below-a-file', 'script.code'), SUM, { code: CODE, generation: 1 });
    assert.deepEqual(readdirSync(join(file, '..')), ['script.code']);
  });
});

describe('the folder of compiled code', { skip: process.platform === 'win32' }, () => {
  test('is in the place for caches, or in that of the home folder', () => {
    assert.equal(codeCacheFolder({ XDG_CACHE_HOME: folder, HOME: '/' }), join(folder, 'lanscope'));
    assert.equal(codeCacheFolder({ HOME: folder }), join(folder, '.cache/lanscope'));
    assert.equal(
      codeCacheFolder({ XDG_CACHE_HOME: 'relative', HOME: folder }),
      join(folder, '.cache/lanscope'),
    );
  });

  test('there is none when it is turned off, without a home, and in the home of somebody else', () => {
    assert.equal(codeCacheFolder({ LANSCOPE_CODE_CACHE: 'off', HOME: folder }), null);
    assert.equal(codeCacheFolder({}), null);
    assert.equal(codeCacheFolder({ HOME: join(folder, 'absent') }), null);
    // The file system's root is of root; only root can give a folder away.
    const foreign = process.geteuid!() === 0 ? givenAway() : '/';
    assert.equal(codeCacheFolder({ HOME: foreign }), null);
    assert.equal(codeCacheFolder({ XDG_CACHE_HOME: foreign, HOME: folder }), null);
  });
});

function givenAway(): string {
  const path = join(folder, 'given-away');
  mkdirSync(path);
  execFileSync('chown', ['65534', path]);
  return path;
}
