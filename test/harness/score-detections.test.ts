import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseTruth, readTruths, type TruthEpisode } from '../../src/harness/detection-truth.ts';
import { missedDetectionGates } from '../../src/harness/gates.ts';
import { renderDetectionScore } from '../../src/harness/render-detections.ts';
import { DetectionScorer } from '../../src/harness/score-detections.ts';
import type { Report, ReportFinding } from '../../src/report/schema.ts';

const INTRUDER = '00:0c:29:de:ad:01';
const VICTIM = 'b8:27:eb:12:34:56';

const scan: TruthEpisode = {
  name: 'nmap-syn',
  technique: 'T1046',
  rules: ['port-scan'],
  also: ['connection-storm'],
  actors: [INTRUDER, '192.168.1.66'],
  targets: [VICTIM],
  from: '2026-03-01T10:00:00.5Z',
  to: '2026-03-01T10:00:20Z',
};

function finding(changes: Partial<ReportFinding>): ReportFinding {
  return {
    id: '0'.repeat(16),
    rule: 'port-scan',
    severity: 'medium',
    confidence: 0.9,
    score: 50,
    device: INTRUDER,
    peer: VICTIM,
    firstTime: '2026-03-01T10:00:02.5Z',
    lastTime: '2026-03-01T10:00:19Z',
    count: 30,
    summary: 'one sentence',
    evidence: {},
    technique: 'T1046',
    packets: [1],
    ...changes,
  };
}

function score(findings: ReportFinding[], episodes: TruthEpisode[] = [scan]) {
  const device = { firstSeen: '2026-03-01T10:00:00Z', lastSeen: '2026-03-01T12:00:00Z' };
  const scorer = new DetectionScorer('medium');
  const devices = [device, device] as unknown as Report['devices'];
  scorer.add('day', { devices, findings }, episodes);
  return scorer.score();
}

describe('an episode is detected', () => {
  test('by a finding of its rule, its actor and its time', () => {
    const { recall, alarmRecall, precision, medianSeconds, falseAlarms } = score([finding({})]);
    assert.deepEqual([recall, alarmRecall, precision, medianSeconds, falseAlarms], [1, 1, 1, 2, 0]);
  });

  const wrong: [string, Partial<ReportFinding>][] = [
    ['another rule', { rule: 'host-scan' }],
    ['another actor', { device: VICTIM }],
    ['another time', { firstTime: '2026-03-01T10:00:26Z', lastTime: '2026-03-01T10:10:00Z' }],
    ['an earlier time', { firstTime: '2026-03-01T09:00:00Z', lastTime: '2026-03-01T09:59:55Z' }],
  ];
  for (const [what, changes] of wrong) {
    test(`not by ${what}, which is a false alarm`, () => {
      const { recall, precision, missed, falselyAlarmed } = score([finding(changes)]);
      assert.deepEqual([recall, precision, missed.length, falselyAlarmed.length], [0, 0, 1, 1]);
    });
  }

  test('not by a note; by `low`, but not as an alarm', () => {
    assert.equal(score([finding({ severity: 'info' })]).recall, 0);
    const { recall, alarmRecall, alarms } = score([finding({ severity: 'low' })]);
    assert.deepEqual([recall, alarmRecall, alarms], [1, 0, 0]);
  });

  test('by the address in the evidence, or by its victim, when the actor is no device', () => {
    const elsewhere = { device: '', peer: '' };
    assert.equal(score([finding(elsewhere)]).recall, 0);
    assert.equal(score([finding({ ...elsewhere, evidence: { source: '192.168.1.66' } })]).recall, 1);
    assert.equal(score([finding({ ...elsewhere, evidence: { sources: ['192.168.1.66'] } })]).recall, 1);
    assert.equal(score([finding({ device: '', peer: VICTIM })]).recall, 1);
    const hidden = [{ ...scan, actors: ['*'] }];
    assert.equal(score([finding(elsewhere)], hidden).recall, 1);
    assert.equal(score([finding({ device: VICTIM })], hidden).recall, 0);
  });
});

test('what an attack causes besides is no false alarm and no detection', () => {
  const { recall, falseAlarms, missed } = score([finding({ rule: 'connection-storm', severity: 'high' })]);
  assert.deepEqual([recall, falseAlarms], [0, 0]);
  assert.deepEqual(missed, [
    { capture: 'day', name: 'nmap-syn', technique: 'T1046', seenAs: ['connection-storm (high)'] },
  ]);
});

test('false alarms are told per device-hour, and counted by rule', () => {
  const benign = score([finding({}), finding({ rule: 'dga' }), finding({ severity: 'low' })], []);
  assert.equal(benign.deviceHours, 4);
  assert.equal(benign.falseAlarmsPerDeviceHour, 0.5);
  assert.equal(benign.falseAlarmsPerDeviceDay, 12);
  assert.deepEqual(benign.rules, [
    { rule: 'dga', alarms: 1, falseAlarms: 1 },
    { rule: 'port-scan', alarms: 1, falseAlarms: 1 },
  ]);
});

test('gates', () => {
  const gates = { detectionRecall: 0.95, detectionPrecision: 0.95, falseAlarmsPerDeviceHour: 0.1 };
  assert.deepEqual(missedDetectionGates('lab', score([finding({})]), gates), []);
  assert.deepEqual(missedDetectionGates('lab', score([], []), gates), []);
  assert.deepEqual(missedDetectionGates('lab', score([finding({ device: VICTIM })]), gates), [
    'lab: recall 0.0000 is below its gate 0.95',
    'lab: precision 0.0000 is below its gate 0.95',
    'lab: 0.2500 false alarms per device-hour are above the gate 0.1',
  ]);
});

test('the text tells what was missed and what was false, and no control characters', () => {
  const text = renderDetectionScore(score([finding({ device: VICTIM, summary: 'a\u001b[31mb' })]));
  assert.match(text, /recall 0\.0 % \(0 of 1 episode\)/);
  assert.match(text, /^ {2}attack {2,}episodes {2,}detected {2,}by alarm {2,}first evidence$/m);
  assert.match(text, /nmap-syn \(T1046\): nothing was told of its actor/);
  assert.ok(!text.includes('\u001b'));
});

describe('truth files', () => {
  const truth = (changes: object) =>
    JSON.stringify({ truth: 1, capture: 'capture.pcapng', episodes: [scan], ...changes });

  test('are refused with a reason', () => {
    const cases: [string, string, RegExp][] = [
      ['no JSON', 'nothing', /is not JSON/],
      ['another version', truth({ truth: 2 }), /\/truth/],
      ['a capture elsewhere', truth({ capture: '../secret.pcap' }), /\/capture/],
      ['no rule', truth({ episodes: [{ ...scan, rules: [] }] }), /\/episodes\/0\/rules/],
      [
        'an end before the begin',
        truth({ episodes: [{ ...scan, to: '2026-03-01T09:00:00Z' }] }),
        /ends before/,
      ],
    ];
    for (const [what, text, reason] of cases) {
      assert.throws(() => parseTruth(text, 'x.json'), { code: 'CONFIG_INVALID', message: reason }, what);
    }
    assert.equal(parseTruth(truth({}), 'x.json').episodes[0]?.name, 'nmap-syn');
  });

  test('are found below a folder, each with its capture', () => {
    const root = mkdtempSync(join(tmpdir(), 'lanscope-truth-'));
    try {
      assert.throws(() => readTruths([root]), { code: 'INPUT_NOT_FOUND' });
      mkdirSync(join(root, 'b'));
      writeFileSync(join(root, 'b/truth.json'), truth({}));
      assert.throws(() => readTruths([root]), { code: 'INPUT_NOT_FOUND', message: /capture\.pcapng/ });
      writeFileSync(join(root, 'b/capture.pcapng'), '');
      assert.deepEqual(
        readTruths([root]).map(({ name, capture, episodes }) => [name, capture, episodes.length]),
        [[join(root, 'b'), join(root, 'b/capture.pcapng'), 1]],
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
