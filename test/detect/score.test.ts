import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Finding, SEVERITIES } from '../../src/detect/finding.ts';
import { scoreOf } from '../../src/detect/score.ts';

const finding = fc
  .record({
    rule: fc.constantFrom('port-scan', 'host-scan', 'arp-spoof'),
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
    device: fc.constantFrom('a', 'b', ''),
  })
  .map((part): Finding => ({
    ...part,
    score: 0,
    peer: '',
    first: { seconds: 0, nanos: 0 },
    last: { seconds: 0, nanos: 0 },
    count: 1,
    summary: `${part.rule} ${part.device}`,
    evidence: {},
    technique: '',
    packets: [],
  }));
const findings = fc.array(finding, { maxLength: 40 });

test('nothing found is 100, and information costs nothing', () => {
  assert.deepEqual(scoreOf([]), { value: 100, reasons: [] });
  fc.assert(
    fc.property(findings, (list) => {
      const { value } = scoreOf(list.map((f) => ({ ...f, severity: 'info' as const })));
      assert.equal(value, 100);
    }),
  );
});

test('the score is bounded, does not depend on order, and one more finding never raises it', () => {
  fc.assert(
    fc.property(findings, finding, (list, more) => {
      const before = scoreOf(list);
      const after = scoreOf([...list, more]);
      assert.ok(after.value >= 0 && after.value <= before.value && before.value <= 100);
      assert.deepEqual(scoreOf([...list].reverse()), before);
    }),
  );
});

test('a worse severity never scores better', () => {
  fc.assert(
    fc.property(findings, fc.nat(), (list, at) => {
      if (list.length === 0) return;
      const index = at % list.length;
      const worse = list.map((f, i) => (i === index ? { ...f, severity: 'critical' as const } : f));
      assert.ok(scoreOf(worse).value <= scoreOf(list).value);
    }),
  );
});

test('the reasons add up to what was taken off', () => {
  fc.assert(
    fc.property(findings, (list) => {
      const { value, reasons } = scoreOf(list);
      const sum = reasons.reduce((total, { points }) => total + points, 0);
      assert.ok(Math.abs(100 - value - sum) <= 1 + reasons.length / 2, `${value} and ${sum}`);
    }),
  );
});
