/** Scores and the report around them: the same every time, and nothing but additions. */
import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { describe, test } from 'node:test';
import { CAPTURES, MODEL, scored, SKIP, withoutModel } from './scoring-capture.ts';

describe('scoring in an analysis', { skip: SKIP }, () => {
  for (const capture of CAPTURES) {
    const name = basename(dirname(capture));

    test(`${name}: a model only adds`, async () => {
      const bare = await scored(capture, null);
      const { report } = await scored(capture, MODEL);
      assert.deepEqual(withoutModel(report), withoutModel(bare.report));
      assert.equal(bare.report.models.length, 0);
      assert.equal(report.models[0]?.sha256, MODEL!.sha256);
    });

    test(`${name}: every flow has one score, the same with any batches`, async () => {
      const { report, scores } = await scored(capture, MODEL);
      assert.equal(scores.length, report.totals.flows);
      assert.equal(new Set(scores.map(({ flow }) => flow)).size, scores.length);
      for (const source of [{ batchSize: 1 }, { batchSize: 7 }, { batchSize: 4096, chunkSize: 5000 }]) {
        const again = await scored(capture, MODEL, source);
        assert.deepEqual(again.scores, scores, JSON.stringify(source));
        assert.deepEqual(again.report.findings, report.findings, JSON.stringify(source));
      }
    });
  }

  test('a scan is found, told once, and says why', async () => {
    const { report, scores } = await scored(CAPTURES[0]!, MODEL);
    const found = report.findings.filter(({ rule }) => rule === 'ml-scan');
    assert.equal(found.length, 1);
    const { severity, evidence, count } = found[0]!;
    assert.equal(count, scores.filter(({ isAlarm, class: name }) => isAlarm && name === 'scan').length);
    assert.ok(count > 100);
    // The rule for scans agrees.
    assert.equal(severity, 'high');
    assert.ok((evidence['agrees'] as string[]).some((rule) => /-scan$/.test(rule)));
    const because = evidence['because'] as string[];
    assert.ok(because.length > 0 && because.every((reason) => /\(benign .+ to .+\)/.test(reason)));
    const device = report.devices.find(({ id }) => id === found[0]!.device)!;
    assert.equal(device.scores?.class, 'scan');
    assert.ok(device.scores.alarms >= count);
  });

  test('quiet networks stay quiet', async () => {
    for (const capture of CAPTURES.slice(1)) {
      const { report } = await scored(capture, MODEL);
      assert.deepEqual(
        report.findings.filter(({ rule }) => rule.startsWith('ml-')),
        [],
      );
    }
  });
});
