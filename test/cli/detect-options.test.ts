import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { detectSettings, requireBaseline } from '../../src/cli/detect-options.ts';
import { configFromSettings } from '../../src/engine/config.ts';
import type { Report } from '../../src/report/schema.ts';
import { CAMERA, INTRUDER, LAPTOP, ROUTER, Scene } from '../detect/scene.ts';
import { lanscope } from './command.ts';

let folder: string;
let report: Report;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanscope-detect-options-'));
  report = await new Scene().resolve(0, CAMERA, ROUTER).resolve(1, LAPTOP, ROUTER).report();
  await writeFile(join(folder, 'before.json'), JSON.stringify(report));
  await writeFile(join(folder, 'config.json'), '{"detect":{"trusted":["192.168.1.5"]}}');
});
after(() => rm(folder, { recursive: true }));

test('a report is read as baseline, a time as seconds, and a configuration keeps the rest', async () => {
  const { config, baseline } = await detectSettings({
    config: join(folder, 'config.json'),
    baseline: join(folder, 'before.json'),
    learn: '2h',
  });
  assert.equal(config!.detect.learnSeconds, 7200);
  assert.deepEqual(config!.detect.trusted, ['192.168.1.5']);
  assert.equal(baseline!.digest, report.digest);
  assert.deepEqual([...baseline!.devices.keys()].sort(), [LAPTOP.mac, ROUTER.mac, CAMERA.mac].sort());
  assert.deepEqual(await detectSettings({}), {});
});

test('replay knows what was normal before, as analyze does', async () => {
  const capture = join(folder, 'after.pcap');
  await writeFile(capture, new Scene().resolve(0, CAMERA, ROUTER).resolve(1, INTRUDER, ROUTER).pcap());
  const given = [capture, '--baseline', join(folder, 'before.json'), '--json'];
  const [analyzed, replayed] = await Promise.all([
    lanscope(['analyze', ...given]),
    lanscope(['replay', '--speed', 'max', '--headless', ...given]),
  ]);
  const [expected, report] = [analyzed, replayed].map(({ stdout }) => JSON.parse(stdout) as Report);
  assert.deepEqual(report!.findings, expected!.findings);
  assert.deepEqual(
    report!.findings.filter(({ rule }) => rule === 'new-device').map(({ device }) => device),
    [INTRUDER.mac],
  );
});

test('settings that name a baseline want that one', async () => {
  const { baseline } = await detectSettings({ baseline: join(folder, 'before.json') });
  const config = configFromSettings({ 'detect.baseline': report.digest });
  requireBaseline(config, baseline);
  requireBaseline(undefined, undefined);
  const refused = (error: unknown): boolean => error instanceof LanscopeError && error.code === 'USAGE';
  assert.throws(() => requireBaseline(config, undefined), refused);
  assert.throws(
    () => requireBaseline(configFromSettings({ 'detect.baseline': 'a'.repeat(64) }), baseline),
    refused,
  );
  await assert.rejects(detectSettings({ learn: 'soon' }), refused);
});
