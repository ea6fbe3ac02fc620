/** An hour of a device is compared with its own hours, or with those of the network while it has too few. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openMemory } from '../../src/capture/memory.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { baselineBytes, type LoadedBaseline } from '../../src/model/baseline/baseline-file.ts';
import { BaselineLearner } from '../../src/model/baseline/learn.ts';
import type { ReportFinding } from '../../src/report/schema.ts';
import { usableBaseline } from './scoring-capture.ts';
import { CAMERA, type Host, host, LAPTOP, remote, ROUTER, Scene } from '../detect/scene.ts';

const HOUR = 3600;
const CLOUD = [remote('198.51.100.10'), remote('198.51.100.11'), remote('198.51.100.12')];
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-hours-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A scene of whole hours: `device` calls home some times an hour, as much in some hours as in others. */
function usual(scene: Scene, device: Host, hours: number, calls: number): Scene {
  scene.resolve(1, device, ROUTER).resolve(hours * HOUR - 1, device, ROUTER);
  for (let hour = 0; hour < hours; hour++) {
    const count = calls + (hour % 3);
    for (let n = 0; n < count; n++) {
      const at = hour * HOUR + 60 + Math.floor((n * (HOUR - 120)) / count);
      scene.connection(
        at,
        device,
        CLOUD[n % (1 + (hour % 3))]!,
        443,
        20_000 + n,
        200 + 10 * n,
        500 + 20 * hour,
      );
    }
  }
  return scene;
}

async function learn(scene: Scene): Promise<LoadedBaseline> {
  let learner: BaselineLearner | null = null;
  await analyzeSource(openMemory(scene.pcap()), {
    version: 'test',
    outputs: [
      {
        begin: (flows, devices) => void (learner = new BaselineLearner(flows, devices)),
        flowEnd: (slot) => learner!.flowEnd(slot),
        end: () => Promise.resolve(),
      },
    ],
  });
  const path = join(scratch, 'usual.onnx');
  writeFileSync(path, baselineBytes(learner!.conclude()));
  return usableBaseline(path);
}

async function unusualHours(scene: Scene, baselineModel: LoadedBaseline): Promise<ReportFinding[]> {
  const { report } = await analyzeSource(openMemory(scene.pcap()), { version: 'test', baselineModel });
  return report.findings.filter(({ rule }) => rule === 'ml-unusual-hour');
}

describe('hours of devices', () => {
  let baseline: LoadedBaseline;
  before(async () => {
    // The camera has a day and more of its own, the laptop a few hours.
    baseline = await learn(usual(usual(new Scene(), CAMERA, 30, 8), LAPTOP, 6, 20));
  });

  test('as before are nothing to tell', async () => {
    assert.deepEqual(
      await unusualHours(usual(usual(new Scene(), CAMERA, 8, 8), LAPTOP, 6, 20), baseline),
      [],
    );
  });

  test('out of line are told with what is unlike the history of the device', async () => {
    const scene = usual(usual(new Scene(), CAMERA, 8, 8), LAPTOP, 6, 20);
    for (let n = 0; n < 90; n++) {
      scene.connection(
        4 * HOUR + 100 + n * 20,
        CAMERA,
        remote(`203.0.113.${1 + n}`),
        8000 + (n % 30),
        30_000 + n,
        1400,
      );
    }
    const [found, ...others] = await unusualHours(scene, baseline);
    assert.deepEqual(others, []);
    const { device, severity, count, summary, evidence, firstTime } = found!;
    assert.equal(device, CAMERA.mac);
    assert.equal(count, 1);
    assert.equal(severity, 'info');
    assert.match(summary, / has an hour unlike its own history$/);
    // The hour of the clock in which most of it was.
    const begin = Date.parse(firstTime) / 1000;
    assert.equal(begin % HOUR, 0);
    const start = 1_700_000_000 + 4 * HOUR + 100;
    assert.ok(begin <= start + 90 * 20 && begin + HOUR >= start, firstTime);
    assert.ok((evidence['score'] as number) >= (evidence['threshold'] as number));
    const because = evidence['because'] as string[];
    assert.equal(because.length, 3);
    for (const reason of because)
      assert.match(reason, /^[a-z_]+ [\d.e+]+( \w+)? \(usual [\d.e+]+ to [\d.e+]+\)$/);
    assert.ok(
      because.some((reason) => reason.startsWith('responders ')),
      because.join('; '),
    );
  });

  test('of a device without enough of its own are compared with those of the network', async () => {
    const scene = usual(usual(new Scene(), CAMERA, 8, 8), host(77), 8, 9);
    assert.deepEqual(await unusualHours(scene, baseline), []);
    for (let n = 0; n < 600; n++) {
      scene.unanswered(3 * HOUR + n * 3, host(77), remote(`203.0.113.${n % 250}`), 23, 31_000 + n);
    }
    const found = await unusualHours(scene, baseline);
    assert.deepEqual(
      found.map(({ device }) => device),
      [host(77).mac],
    );
    assert.match(found[0]!.summary, /unlike the history of the network$/);
    assert.ok((found[0]!.evidence['because'] as string[]).some((reason) => reason.startsWith('unanswered ')));
  });

  test('that the capture cuts are not judged', async () => {
    const scene = usual(new Scene(), CAMERA, 1, 300);
    assert.deepEqual(await unusualHours(scene, baseline), []);
  });
});
