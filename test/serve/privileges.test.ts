import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { capabilitySets, hasCapability, setOf } from '../../src/serve/privileges/capabilities.ts';
import { ROOT } from '../cli/command.ts';

interface Outcome {
  readonly said: string;
  /** Effective capabilities of each thread, the main one first. */
  readonly threads: readonly string[];
  readonly permitted: string;
  readonly uid: number;
  /** Effective capabilities of a program that is started afterwards. */
  readonly child: string;
  readonly error: string;
}

/** What becomes of a process that drops its privileges. */
function dropped(options: object, { withoutKoffi = false } = {}): Outcome {
  const source = `
    import { readFileSync, readdirSync } from 'node:fs';
    import { execFileSync } from 'node:child_process';
    import { createRequire } from 'node:module';
    import { dropPrivileges } from '${ROOT}/src/serve/privileges/drop.ts';
    ${withoutKoffi ? `const Module = createRequire('${ROOT}/x.js')('node:module'); const load = Module._load; Module._load = (name, ...rest) => { if (name === 'koffi') throw new Error('no'); return load(name, ...rest); };` : ''}
    const cap = (text, name) => new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm').exec(text)[1];
    let said = '', error = '';
    try { said = dropPrivileges(${JSON.stringify(options)}); } catch (e) { error = e.code + ' ' + e.message; }
    const status = readFileSync('/proc/self/status', 'latin1');
    const threads = readdirSync('/proc/self/task').map((id) => cap(readFileSync('/proc/self/task/' + id + '/status', 'latin1'), 'CapEff'));
    const child = cap(execFileSync('cat', ['/proc/self/status'], { encoding: 'latin1' }), 'CapEff');
    console.log(JSON.stringify({ said, error, threads, permitted: cap(status, 'CapPrm'), uid: process.getuid(), child }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', source],
    { cwd: ROOT, encoding: 'utf8' },
  );
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Outcome;
}

function whyNot(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  if (!hasCapability(capabilitySets()!.permitted, 'CAP_NET_RAW')) return 'needs capabilities';
  try {
    createRequire(import.meta.url)('koffi');
    return false;
  } catch {
    return 'needs the package koffi';
  }
}

const NONE = '0000000000000000';
const NET_RAW = setOf(['CAP_NET_RAW']).toString(16).padStart(16, '0');

describe('privileges', { skip: whyNot(), concurrency: 2 }, () => {
  test('the thread that takes packets apart has none left', () => {
    const { said, threads, permitted, uid } = dropped({ keep: [], pass: ['CAP_NET_RAW'] });
    assert.equal(said, 'privileges dropped');
    assert.equal(threads[0], NONE);
    assert.equal(permitted, NONE);
    assert.equal(uid, 0);
  });

  test('what is used on goes on', () => {
    const { said, threads, permitted } = dropped({ keep: ['CAP_NET_ADMIN'], pass: [] });
    const kept = setOf(['CAP_NET_ADMIN']).toString(16).padStart(16, '0');
    assert.equal(said, 'privileges dropped but for CAP_NET_ADMIN');
    assert.deepEqual([threads[0], permitted], [kept, kept]);
  });

  test('as another user no thread has any, and what captures can be started again', () => {
    const { said, threads, uid, child, permitted } = dropped({
      keep: [],
      pass: ['CAP_NET_RAW'],
      user: 'nobody',
    });
    assert.equal(said, 'privileges dropped, running as nobody');
    assert.ok(threads.length > 4);
    assert.deepEqual(new Set(threads), new Set([NONE]));
    assert.notEqual(uid, 0);
    assert.deepEqual([permitted, child], [NET_RAW, NET_RAW]);
  });

  test('without koffi that is said, and the user can still be changed', () => {
    const kept = dropped({ keep: [], pass: [] }, { withoutKoffi: true });
    assert.match(kept.said, /^privileges are kept.*koffi/);
    assert.notEqual(kept.threads[0], NONE);
    const changed = dropped({ keep: [], pass: ['CAP_NET_RAW'], user: 'nobody' }, { withoutKoffi: true });
    assert.match(changed.said, /^running as nobody, without any privilege/);
    assert.deepEqual(new Set(changed.threads), new Set([NONE]));
  });

  test('a user that is not there is bad usage', () => {
    assert.match(dropped({ keep: [], pass: [], user: 'no-such-user' }).error, /^USAGE --user no-such-user/);
  });
});
