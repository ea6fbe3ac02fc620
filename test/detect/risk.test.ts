import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Finding, SEVERITIES } from '../../src/detect/finding.ts';
import { risksOf } from '../../src/detect/risk.ts';
import { CAMERA, INTRUDER, LAPTOP, ROUTER, Scene } from './scene.ts';

const finding = fc
  .record({
    rule: fc.constantFrom('port-scan', 'host-scan', 'arp-spoof'),
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
    device: fc.constantFrom('a', 'b', ''),
    peer: fc.constantFrom('a', 'b', '', '192.0.2.1'),
  })
  .map((part): Finding => ({
    ...part,
    score: 0,
    first: { seconds: 0, nanos: 0 },
    last: { seconds: 0, nanos: 0 },
    count: 1,
    summary: `${part.rule} ${part.device}`,
    evidence: {},
    technique: '',
    packets: [],
  }));
const findings = fc.array(finding, { maxLength: 40 });

test('a risk is bounded, does not depend on order, and one more finding never lowers any', () => {
  fc.assert(
    fc.property(findings, finding, fc.nat(), (list, more, at) => {
      const before = risksOf(list);
      const after = risksOf(list.toSpliced(at % (list.length + 1), 0, more));
      for (const [id, { value }] of after) {
        assert.ok(Number.isInteger(value) && value >= 0 && value <= 100);
        assert.ok(value >= (before.get(id)?.value ?? 0), id);
      }
      for (const id of before.keys()) assert.ok(after.has(id));
      assert.deepEqual([...risksOf([...list].reverse())].sort(), [...before].sort());
    }),
  );
});

test('the reasons of a risk add up to it, give or take their rounding', () => {
  fc.assert(
    fc.property(findings, (list) => {
      for (const { value, reasons } of risksOf(list).values()) {
        const sum = reasons.reduce((total, { points }) => total + points, 0);
        assert.ok(Math.abs(sum - value) <= reasons.length + 1);
      }
    }),
  );
});

test('who scans risks most, who is scanned less, and who has nothing to do with it nothing', async () => {
  const scene = new Scene()
    .resolve(0, INTRUDER, ROUTER)
    .resolve(1, CAMERA, ROUTER)
    .resolve(2, LAPTOP, ROUTER);
  for (let port = 1; port <= 60; port++)
    scene.refused(3 + port * 0.01, INTRUDER, CAMERA, port, 40_000 + port);
  const { devices } = await scene.report();
  const risk = (mac: string) => devices.find(({ id }) => id === mac)!.risk;
  assert.ok(risk(INTRUDER.mac).value >= 30);
  assert.equal(risk(INTRUDER.mac).reasons[0]!.summary, 'port-scan (high)');
  assert.ok(risk(CAMERA.mac).value > 0 && risk(CAMERA.mac).value < risk(INTRUDER.mac).value);
  assert.equal(risk(CAMERA.mac).reasons[0]!.summary, 'target of port-scan (high)');
  assert.deepEqual(risk(LAPTOP.mac), { value: 0, reasons: [] });
});
