import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SKIP } from './scoring-capture.ts';

const ROOT = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-quiet-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('scoring leaves nothing in the folders of the user, and asks nobody', { skip: SKIP }, () => {
  const home = join(scratch, 'home');
  mkdirSync(home);
  const script = join(scratch, 'score.mts');
  writeFileSync(
    script,
    `import { bundledModel, loadModel } from ${JSON.stringify(join(ROOT, 'src/model/load.ts'))};
const loaded = await loadModel(bundledModel());
console.log('model' in loaded ? process.env['ORT_DISABLE_TELEMETRY'] : loaded.problem);`,
  );
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_CACHE_HOME: home };
  // Either would keep it quiet without us.
  delete env['CI'];
  delete env['ORT_DISABLE_TELEMETRY'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script],
    { encoding: 'utf8', env },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '1\n');
  assert.equal(existsSync(join(home, 'Microsoft')), false, readdirSync(home).join());
});
