import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { harmlessData } from '../../src/cli/terminal.ts';
import { COMMAND, ROOT } from './command.ts';
import { tinyCapture } from './tiny-capture.ts';

const FULL = '/dev/full';

test('a full disk behind standard output is one line and exit code 3', { skip: !existsSync(FULL) }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-full-'));
  const full = openSync(FULL, 'w');
  try {
    const capture = join(folder, 'tiny.pcap');
    writeFileSync(capture, tinyCapture());
    const [program, ...first] = COMMAND;
    const { status, stderr } = spawnSync(program, [...first, 'analyze', capture, '--json'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    assert.equal(stderr, 'lanscope: standard output cannot be written: the disk is full\n');
    assert.equal(status, 3);
  } finally {
    closeSync(full);
    rmSync(folder, { recursive: true });
  }
});

test('data on a terminal holds no escapes, and JSON stays the same value', () => {
  const value = { name: 'a\u001b[2J\u009b31m\u0085b\u202ec', text: 'line\nline\ttab' };
  const shown = harmlessData(JSON.stringify(value));
  assert.doesNotMatch(shown, /[\u001b\u007f-\u009f\u202e]/);
  assert.deepEqual(JSON.parse(shown), value);
  assert.equal(harmlessData('a,"b\u001b]0;x\u0007"\r\n'), 'a,"b\\u001b]0;x\\u0007"\r\n');
});

test('a reader that leaves early does not open the gate of --fail-on', () => {
  const capture = 'corpus/port-scan/capture.pcapng';
  const { stdout } = spawnSync(
    'bash',
    [
      '-c',
      `${COMMAND.join(' ')} analyze ${capture} --json --fail-on high 2>/dev/null | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  assert.equal(stdout.trim(), '1');
});
