import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DETECT_CONFIG } from '../../src/detect/config.ts';
import { SEVERITIES } from '../../src/detect/finding.ts';
import { createDetectors } from '../../src/detect/list.ts';
import { RULES } from '../../src/detect/rules.ts';
import { THRESHOLDS } from '../../src/detect/thresholds.ts';
import { DeviceRegistry } from '../../src/device/registry.ts';
import { FlowColumns } from '../../src/flow/columns.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { CASES } from './cases.ts';

/** Rules that a detector has beside the one of its name. */
const FURTHER_RULES = ['mac-flood', 'default-credentials'];

test('every rule of the list has an attack and a benign twin', () => {
  const issues = new IssueCounter();
  const view = { flows: new FlowColumns(), devices: new DeviceRegistry(issues), issues };
  const detectors = createDetectors({ ...DEFAULT_DETECT_CONFIG, learnSeconds: 60 }, view);
  const rules = [...detectors.map(({ id }) => id), ...FURTHER_RULES].sort();
  assert.deepEqual(Object.keys(CASES).sort(), rules);
  assert.equal(new Set(rules).size, rules.length);
  assert.deepEqual(Object.keys(RULES).sort(), rules);
  for (const rule of Object.keys(THRESHOLDS)) assert.ok(rules.includes(rule), rule);
});

for (const [rule, { attack, twin, config = {} }] of Object.entries(CASES)) {
  test(`${rule}: the attack is found, one finding an actor, and its twin is not`, async () => {
    const found = (await attack().findings(config)).filter((finding) => finding.rule === rule);
    const actors = new Set(found.map(({ device }) => device));
    assert.ok(
      found.length >= 1 && actors.size === found.length,
      `${found.length} findings of ${actors.size}`,
    );
    for (const { technique } of found)
      assert.ok(RULES[rule]!.technique.split(', ').includes(technique), technique);
    for (const finding of found)
      assert.ok(finding.count >= 1 && finding.summary !== '' && finding.firstTime <= finding.lastTime);
    const least = Math.max(...found.map(({ severity }) => SEVERITIES.indexOf(severity)));
    const alike = (await twin().findings(config)).filter(
      (finding) => finding.rule === rule && SEVERITIES.indexOf(finding.severity) >= least,
    );
    assert.deepEqual(
      alike.map(({ summary }) => summary),
      [],
    );
  });
}
