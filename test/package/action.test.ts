/** The GitHub Action without GitHub: its shell steps, with the packed program installed as the Action installs it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { packableCopy } from '../cli/built-command.ts';
import { ROOT } from '../cli/command.ts';
import { runAction, runSteps } from './action.ts';

const yaml = readFileSync(join(ROOT, 'action.yml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-action-'));
const cases = join(folder, 'cases');
after(() => rmSync(folder, { recursive: true, force: true }));

let archive = '';
let missing = '';
before(() => {
  const project = packableCopy(folder);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const pack = spawnSync('npm', args, { cwd: project, encoding: 'utf8' });
  assert.equal(pack.status, 0, pack.stderr);
  archive = join(folder, (JSON.parse(pack.stdout) as { filename: string }[])[0]!.filename);
  const ping = spawnSync('npm', ['view', 'yargs', 'version', '--prefer-offline'], { encoding: 'utf8' });
  if (ping.status !== 0) missing = 'no registry: npm cannot install the dependencies here';
  for (const name of ['arp-spoof', 'port-scan']) {
    mkdirSync(join(cases, name), { recursive: true });
    cpSync(join(ROOT, 'corpus', name, 'capture.pcapng'), join(cases, name, 'capture.pcapng'));
  }
});

let runs = 0;
function run(inputs: Record<string, string>) {
  const temp = join(folder, 'runner');
  rmSync(join(temp, 'comment'), { force: true });
  // The first step installs; once is enough.
  return runAction(
    yaml,
    { package: archive, comment: 'true', ...inputs },
    folder,
    temp,
    runs++ === 0 ? 0 : 1,
  );
}

describe('the action', () => {
  test('its steps are those that are run here', () => {
    const scripts = runSteps(yaml).map(({ script }) => script);
    assert.equal(scripts.length, 4);
    assert.match(scripts[0]!, /^npm install --global/);
    assert.match(scripts[1]!, /lanscope "\$\{command\[@\]\}"/);
    // No input is read as shell code.
    for (const script of scripts) assert.ok(!script.includes('${{'), script);
  });

  test('records, passes, tells a change, fails on a wrong input', (t) => {
    if (missing !== '') return t.skip(missing);
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ detect: { thresholds: { 'port-scan': { ports: 500 } } } }));
    // The first run installs; golden reports come from the installed program.
    const none = run({ folder: join(folder, 'nowhere; exit 0') });
    assert.equal(none.code, 2, none.output);
    assert.equal(none.comment, '');
    const lanscope = join(folder, 'runner/global/bin/lanscope');
    assert.equal(spawnSync(lanscope, ['test', cases, '--record']).status, 0);

    const same = run({ folder: cases });
    assert.equal(same.code, 0, same.output);
    assert.equal(same.outputs['status'], '0');
    assert.match(readFileSync(same.outputs['junit']!, 'utf8'), /tests="2" failures="0"/);
    assert.match(same.summary, /nothing changed/);
    assert.equal(same.comment, '');

    const changed = run({ folder: cases, config, shard: '1/1' });
    assert.equal(changed.code, 1, changed.output);
    assert.match(changed.comment, /1 case changed[\s\S]*port-scan/);
    assert.match(changed.summary, /1 case changed/);

    const silent = run({ folder: cases, config, comment: 'false' });
    assert.equal(silent.code, 1);
    assert.equal(silent.comment, '');

    // Without a folder: the corpus of the program. Whether its reports are as recorded is another test's question.
    const bundled = run({ folder: '', corpus: '' });
    assert.ok(bundled.code <= 1, bundled.output);
    assert.match(bundled.output, /^(?:ok|FAIL) +home-lan /m);
    assert.ok(existsSync(bundled.outputs['markdown']!));
  });
});
