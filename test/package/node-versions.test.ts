/** Every bundled case has one digest: whatever version of Node runs it, in which time zone, locale and number of jobs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { builtCommand } from '../cli/built-command.ts';
import { ROOT } from '../cli/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-node-versions-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const own = process.versions.node.split('.')[0]!;
const command = builtCommand(join(folder, 'built'));

for (const version of ['20', '22', '24']) {
  test(`Node ${version}`, (t) => {
    const script = ['--import', 'tsx', 'scripts/check-node-versions.ts', '--command', command, version];
    const { status, stdout, stderr } = spawnSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
    if (/^skip /m.test(stdout)) return t.skip(`${stdout.trim()} (this is Node ${own})`);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stdout.match(/^same {2}Node v/gm)?.length, 3, stdout);
  });
}
