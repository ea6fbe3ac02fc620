import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import yargs from 'yargs';
import { liveOptions } from '../../src/cli/live-options.ts';
import { ROOT } from '../cli/command.ts';

const UNIT = join(ROOT, 'scripts/deploy/lanscope@.service');
/** Of systemd-analyze, times ten: 0 is sealed, 100 is open. */
const MOST_EXPOSED = 20;

/** Throws when the command line is none of `live`. */
function parseLive(words: readonly string[]): void {
  void liveOptions(yargs([...words]))
    .strict()
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new Error(message);
    })
    .parseSync();
}

test('the command of the unit is one that lanscope understands', () => {
  const [, command] = /^ExecStart=(.*)$/m.exec(readFileSync(UNIT, 'utf8')) ?? [];
  const [program, name, ...options] = command!.split(' ');
  assert.deepEqual([program, name], ['/usr/local/bin/lanscope', 'live']);
  parseLive(options.map((word) => word.replaceAll('%i', 'eth0')));
  assert.throws(() => parseLive(['-i', 'eth0', '--no-such-option']));
});

test(
  'the unit is sealed',
  { skip: spawnSync('systemd-analyze', ['--version']).status !== 0 && 'needs systemd-analyze' },
  () => {
    const text = execFileSync(
      'systemd-analyze',
      ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, '--no-pager', UNIT],
      { encoding: 'utf8' },
    );
    assert.match(text, /Overall exposure level.*: [01]\.\d/);
  },
);

test('the container is given no more than the unit', () => {
  const text = readFileSync(join(ROOT, 'scripts/deploy/Containerfile'), 'utf8');
  assert.match(text, /^USER node$/m);
  assert.deepEqual(text.match(/cap_\w+/g), ['cap_net_raw']);
});
