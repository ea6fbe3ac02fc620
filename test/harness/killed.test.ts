/** A run that is killed loses nothing: what is on disk is whole, what was done is not done again, nobody is left. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
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
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtCommand } from '../cli/built-command.ts';
import { ROOT } from '../cli/command.ts';

const CASES = 60;
/** Kills of one run; each lets it come a little further. */
const KILLS = 3;

const folder = mkdtempSync(join(tmpdir(), 'lanscope-killed-'));
const cases = join(folder, 'cases');
const command = builtCommand(join(folder, 'built'));
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
const run = (...args: string[]) =>
  spawnSync(process.execPath, [command, 'test', cases, ...args], { env, encoding: 'utf8' });
const cache = join(folder, 'cache/lanscope/reports');
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

// Captures that differ: one, cut at different places.
const whole = readFileSync(join(ROOT, 'corpus/formats/pcap/capture.pcap'));
for (let i = 0; i < CASES; i++) {
  const place = join(cases, `case-${String(i).padStart(2, '0')}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'capture.pcap'), whole.subarray(0, whole.length - i * 150));
}

const entriesOf = (path: string, ending: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending))
    : [];

/** Processes whose command line names our folder of the cache: the command and those it started. */
function survivors(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(env.XDG_CACHE_HOME);
    } catch {
      return false;
    }
  });
}

/** Starts a run, and kills it at a random moment after `done()` has reached `count`. */
async function killedRun(args: readonly string[], done: () => number, count: number): Promise<void> {
  const child = spawn(process.execPath, [command, 'test', cases, ...args], { env, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  for (let i = 0; i < 10_000 && done() < count && child.exitCode === null; i++) await sleep(1);
  await sleep(Math.random() * 10);
  child.kill('SIGKILL');
  await gone;
}

function requireWhole(root: string): void {
  for (const name of entriesOf(root, '.json')) {
    const text = readFileSync(join(root, name), 'utf8');
    assert.doesNotThrow(() => JSON.parse(text), name);
  }
}

describe('killed', () => {
  for (const jobs of ['1', '2']) {
    test(`a run with ${jobs} ${jobs === '1' ? 'job' : 'jobs'} goes on where it was`, async () => {
      rmSync(cache, { recursive: true, force: true });
      const recorded = run('--record', '--no-cache', '--jobs', jobs);
      assert.equal(recorded.status, 0, recorded.stderr);
      const done = () => entriesOf(cache, '.json').length;
      for (let kill = 1; kill <= KILLS; kill++) {
        await killedRun(['--jobs', jobs], done, Math.min(CASES - 10, done() + 8));
        requireWhole(cache);
      }
      // Workers hear that their parent is gone when they look up from the case that they are at.
      for (let i = 0; i < 100 && survivors().length > 0; i++) await sleep(20);
      assert.deepEqual(survivors(), []);
      const kept = done();
      assert.ok(kept >= 8, `${kept} kept`);
      const { status, stdout, stderr } = run('--jobs', jobs);
      assert.equal(status, 0, stdout + stderr);
      assert.match(
        stdout,
        new RegExp(`^${CASES} cases: ${CASES} passed \\(.*, ${kept} from the cache\\)$`, 'm'),
      );
    });
  }

  test('recording leaves golden reports that are whole, old or new', async () => {
    const goldens = () => entriesOf(cases, 'report.json');
    for (const name of goldens()) rmSync(join(cases, name));
    for (let kill = 1; kill <= KILLS; kill++) {
      await killedRun(['--record', '--no-cache', '--jobs', '1'], () => goldens().length, kill * 5);
      requireWhole(cases);
    }
    assert.ok(goldens().length >= 5);
    const { status, stdout } = run('--jobs', '1');
    assert.equal(status, 0, stdout);
    assert.match(stdout, new RegExp(`: ${goldens().length} passed`));
  });
});
