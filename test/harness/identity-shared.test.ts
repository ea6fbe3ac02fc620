/** Identities of real devices, each capture alone. Skipped where the captures are absent. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../src/engine/analyze.ts';
import { judge, type Judged, readLabels, scoreIdentities } from '../../src/harness/score-identity.ts';

const shared =
  process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures');
const labels = join(shared, 'iot-sentinel/labels.json');
const skip = existsSync(labels) ? false : `no captures at ${labels}`;

/** Devices whose own messages name them: every capture has to be right. */
const CERTAIN = ['D-LinkCam', 'HueBridge', 'TP-LinkPlugHS100', 'WeMoInsightSwitch'];

test('brand and category of labelled devices', { skip }, async () => {
  const judged: Judged[] = [];
  for (const capture of readLabels(labels)) {
    const { report } = await analyze({ paths: [capture.path], source: { noHash: true }, version: 'test' });
    const identity = report.devices.find(({ id }) => id === capture.mac)?.identity;
    judged.push({ capture, identity });
    if (CERTAIN.includes(capture.name)) {
      assert.equal(judge('brand', judged.at(-1)!), 'right', capture.path);
      assert.equal(judge('category', judged.at(-1)!), 'right', capture.path);
      assert.ok(identity!.evidence.length > 0, capture.path);
    }
  }
  const { fields, captures } = scoreIdentities(judged);
  const [brand, category] = fields;
  assert.ok(brand!.wrong <= 0.02 * captures, `${brand!.wrong} brands of ${captures} are wrong`);
  // What remains unknown says nothing about its brand: the module's maker and name, or a white label's cloud.
  assert.ok(brand!.right >= 0.85 * captures, `${brand!.right} brands of ${captures} are right`);
  assert.ok(category!.wrong <= 0.05 * captures, `${category!.wrong} categories of ${captures} are wrong`);
  assert.ok(category!.right >= 0.85 * captures, `${category!.right} categories of ${captures} are right`);
});
