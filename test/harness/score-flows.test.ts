import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Attribution } from '../../src/harness/attribution.ts';
import { missedGates } from '../../src/harness/gates.ts';
import { type LabelledFlow, LabelParser, readConnLabels } from '../../src/harness/labels/conn-log-labels.ts';
import { classOfClaim } from '../../src/harness/labels/claim-class.ts';
import type { Gates } from '../../src/harness/manifest.ts';
import { renderFlowScore, renderOpinions } from '../../src/harness/render-score.ts';
import { FlowScorer } from '../../src/harness/score-flows.ts';
import { newScorers, OPINIONS } from '../../src/harness/score-opinions.ts';
import type { Report, ReportFinding } from '../../src/report/schema.ts';

const SHARED =
  process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures');

const COLUMNS = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration conn_state'.split(' ');
const CELLS = '1545403816.96 CrDn 192.168.1.5 41040 185.0.0.1 23 tcp - 3.1 S0'.split(' ');

function parse(...lines: string[]): (LabelledFlow | 'unreadable')[] {
  const parser = new LabelParser();
  return lines.map((line) => parser.line(line)).filter((flow) => flow !== null);
}

describe('labelled connection logs', () => {
  const zeekHeader = [
    '#separator \\x09',
    `#fields\t${[...COLUMNS, 'tunnel_parents   label   detailed-label'].join('\t')}`,
  ];
  const zeek = (tail: string) => parse(...zeekHeader, [...CELLS, tail].join('\t'))[0];

  test("Zeek's form with joined label columns", () => {
    assert.deepEqual(zeek('-   Malicious   PartOfAHorizontalPortScan'), {
      start: 1545403816.96,
      duration: 3.1,
      originator: '192.168.1.5',
      originatorPort: 41040,
      responder: '185.0.0.1',
      responderPort: 23,
      protocol: 'tcp',
      malicious: true,
      label: 'PartOfAHorizontalPortScan',
    });
    const benign = zeek('(empty)   Benign   -');
    assert.ok(
      benign !== 'unreadable' && benign !== undefined && !benign.malicious && benign.label === 'Benign',
    );
    for (const tail of ['-   benign   -', '   Benign   ']) {
      const flow = zeek(tail);
      assert.ok(typeof flow === 'object' && !flow.malicious, tail);
    }
  });

  test('columns separated by bars, labels split across them', () => {
    const header = [...COLUMNS, 'tunnel_parents', 'label', 'detailed-label'].join('|');
    const rows = ['-|Malicious|C&C', '-|Malicious   C&C|Torii', '-|Benign|-'];
    const flows = parse(header, ...rows.map((tail) => `${CELLS.join('|')}|${tail}`));
    assert.deepEqual(
      flows.map((flow) => flow !== 'unreadable' && flow.label),
      ['C&C', 'C&C-Torii', 'Benign'],
    );
  });

  test('comments and a second header are passed over; what should be a connection and is none is counted', () => {
    const flows = parse(
      ...zeekHeader,
      '',
      '#close\t2019',
      ...zeekHeader,
      'garbage',
      [...CELLS, '-   Perhaps   -'].join('\t'),
    );
    assert.deepEqual(flows, ['unreadable', 'unreadable']);
  });

  test('a file without names of columns is refused', async () => {
    await assert.rejects(
      readConnLabels(join(import.meta.dirname, 'score-flows.test.ts'), () => {}),
      /no labelled connection log/,
    );
    await assert.rejects(
      readConnLabels('/nonexistent/x', () => {}),
      /cannot be read \(ENOENT\)/,
    );
  });

  for (const [name, expected] of [
    ['8-1/conn.log.labeled.csv', { Benign: 2181, 'C&C': 8222 }],
    ['34-1/conn.log.labeled', { Benign: 1923, 'C&C': 6706, DDoS: 14394, PartOfAHorizontalPortScan: 122 }],
    ['20-1/conn.log.labeled.csv', { Benign: 3193, 'C&C-Torii': 16 }],
  ] as const) {
    const path = join(SHARED, `iot-23/CTU-IoT-Malware-Capture-${name}`);
    test(`every line of ${name} is read`, { skip: !existsSync(path) && `no ${path}` }, async () => {
      const counts: Record<string, number> = {};
      const { unreadable } = await readConnLabels(
        path,
        ({ label }) => (counts[label] = (counts[label] ?? 0) + 1),
      );
      assert.deepEqual(counts, expected);
      assert.equal(unreadable, 0);
    });
  }
});

const flow = (change: Partial<LabelledFlow> = {}): LabelledFlow => ({
  start: 1000,
  duration: 1,
  originator: '10.0.0.5',
  originatorPort: 1234,
  responder: '198.51.100.1',
  responderPort: 23,
  protocol: 'tcp',
  malicious: true,
  label: 'C&C',
  ...change,
});

function reportWith(finding: Partial<ReportFinding>): Report {
  const full = {
    rule: 'connection-storm',
    technique: 'T1071',
    severity: 'high',
    device: 'aa:aa:aa:aa:aa:aa',
    peer: '198.51.100.1',
    firstTime: '1970-01-01T00:16:40Z',
    lastTime: '1970-01-01T00:17:40Z',
    evidence: { port: 'tcp/23' },
    ...finding,
  };
  return {
    devices: [{ id: 'aa:aa:aa:aa:aa:aa', addresses: [{ address: '10.0.0.5' }] }],
    findings: [full],
  } as unknown as Report;
}

describe('which connections a finding is about', () => {
  const claims = (finding: Partial<ReportFinding>, change: Partial<LabelledFlow> = {}) =>
    new Attribution(reportWith(finding), 'medium').claimedBy(flow(change)).length === 1;

  test('device, peer, port and time must fit', () => {
    assert.ok(claims({}));
    assert.ok(claims({}, { originator: '198.51.100.1', responder: '10.0.0.5' }), 'either direction');
    assert.ok(!claims({}, { originator: '10.0.0.6' }));
    assert.ok(!claims({}, { responder: '198.51.100.2' }));
    assert.ok(!claims({}, { responderPort: 24 }));
    assert.ok(!claims({}, { protocol: 'udp' }));
    assert.ok(!claims({}, { start: 990 }));
    assert.ok(claims({}, { start: 990, duration: 15 }), 'under way at the first event');
    assert.ok(!claims({}, { start: 1061 }));
    assert.ok(!claims({ severity: 'low' }));
  });

  test('what a finding does not name, any connection fits', () => {
    assert.ok(claims({ peer: '' }, { responder: '198.51.100.9' }));
    assert.ok(claims({ evidence: {} }, { responderPort: 99 }));
    assert.ok(claims({ peer: '', evidence: { sought: ['tcp/23', 'tcp/2323'] } }, { responderPort: 2323 }));
    assert.ok(!claims({ peer: '', evidence: { sought: ['tcp/23'] } }, { responderPort: 2323 }));
  });

  test('precision and recall, also per label, technique and rule; gates', () => {
    const attribution = new Attribution(reportWith({}), 'medium');
    const scorer = new FlowScorer();
    for (const change of [{}, {}, { responderPort: 99 }, { label: 'DDoS', responderPort: 99 }]) {
      scorer.count(flow(change), attribution);
    }
    for (const responderPort of [23, 443]) {
      scorer.count(flow({ malicious: false, label: 'Benign', responderPort }), attribution);
    }
    const { precision, recall, labels, techniques, rules, trueNegatives, flows } = scorer.score();
    assert.equal(flows, 6);
    assert.equal(precision, 2 / 3);
    assert.equal(recall, 2 / 4);
    assert.equal(trueNegatives, 1);
    assert.deepEqual(
      labels.map((entry) => [entry.label, entry.recall, entry.precision]),
      [
        ['C&C', 2 / 3, 2 / 3],
        ['DDoS', 0, 0],
      ],
    );
    assert.deepEqual(
      labels.map((entry) => entry.techniques),
      [[{ technique: 'T1071', called: 2, recall: 2 / 3 }], []],
    );
    assert.deepEqual(techniques, [
      { technique: 'T1071', flows: 3, malicious: 2, precision: 2 / 3, recall: 2 / 4, f1: scorer.score().f1 },
    ]);
    assert.deepEqual(rules, [
      { rule: 'connection-storm', technique: 'T1071', flows: 3, malicious: 2, precision: 2 / 3 },
    ]);
    const twice = new FlowScorer();
    twice.merge(scorer);
    twice.merge(scorer);
    assert.equal(twice.score().flows, 12);
    assert.equal(twice.score().f1, scorer.score().f1);
    assert.deepEqual(twice.score().techniques[0], { ...techniques[0], flows: 6, malicious: 4 });

    assert.deepEqual(
      twice.score().classes.map(({ class: name, flows: own, called, right }) => [name, own, called, right]),
      [
        ['c2', 6, 6, 4],
        ['ddos', 2, 0, 0],
      ],
    );

    const missed = (gates: Gates) => missedGates('x', scorer.score(), gates);
    assert.deepEqual(missed({ recall: 0.5, labels: { 'C&C': { recall: 0.6 }, Absent: { recall: 1 } } }), []);
    assert.deepEqual(missed({ recall: 0.51, labels: { DDoS: { recall: 0.1 } } }), [
      'x: recall 0.5000 is below its gate 0.51',
      'x, label DDoS: recall 0.0000 is below its gate 0.1',
    ]);
    assert.deepEqual(missed({ techniques: { T1071: { precision: 0.7 }, T1498: { recall: 0.1 } } }), [
      'x, technique T1071: precision 0.6667 is below its gate 0.7',
      'x, technique T1498: recall 0.0000 is below its gate 0.1',
    ]);
  });
});

describe('the classes of what is called', () => {
  test('a model names its class, rules their technique', () => {
    assert.deepEqual(
      [
        classOfClaim('ml-c2', 'T1071'),
        classOfClaim('ml-malicious', ''),
        classOfClaim('host-scan', 'T1018, T1595.001'),
        classOfClaim('syn-flood', 'T1498.001'),
        classOfClaim('beaconing', 'T1071.004'),
        classOfClaim('exfiltration', 'T1048'),
        classOfClaim('new-device', ''),
      ],
      ['c2', 'other', 'scan', 'ddos', 'c2', 'other', 'other'],
    );
  });

  test('rules, model and both side by side, also by class', () => {
    const scorers = newScorers(OPINIONS);
    const rule = { rule: 'host-scan', technique: 'T1046' };
    const model = { rule: 'ml-c2', technique: 'T1071' };
    const scan = flow({ label: 'PartOfAHorizontalPortScan' });
    const benign = flow({ malicious: false, label: 'Benign' });
    for (const [one, byRules, byModel] of [
      [scan, true, false],
      [scan, true, true],
      [flow(), false, true],
      [flow(), false, false],
      [benign, false, true],
      [benign, false, false],
    ] as const) {
      scorers.get('rules')!.countClaims(one, byRules ? [rule] : []);
      scorers.get('model')!.countClaims(one, byModel ? [model] : []);
      scorers.get('fused')!.countClaims(one, [...(byRules ? [rule] : []), ...(byModel ? [model] : [])]);
    }
    const scores = Object.fromEntries([...scorers].map(([opinion, scorer]) => [opinion, scorer.score()]));
    const lines = renderOpinions('x', scores).split('\n');
    const table = lines
      .slice(
        0,
        lines.findIndex((line) => line.startsWith('  label')),
      )
      .map((line) => line.trim().split(/  +/));
    assert.deepEqual(table, [
      ['x: 6 connections, 4 malicious'],
      ['precision', 'recall', 'F1', 'found', 'missed', 'false'],
      ['rules', '100 %', '50.0 %', '66.7 %', '2', '2', '0'],
      ['model', '66.7 %', '50.0 %', '57.1 %', '2', '2', '1'],
      ['both', '75.0 %', '75.0 %', '75.0 %', '3', '1', '1'],
      ['class scan: 2 connections'],
      ['rules', '100 %', '100 %', '100 %', '2', '0', '0'],
      ['model', '–', '0.0 %', '0.0 %', '0', '2', '0'],
      ['both', '100 %', '100 %', '100 %', '2', '0', '0'],
      ['class c2: 2 connections'],
      ['rules', '–', '0.0 %', '0.0 %', '0', '2', '0'],
      // A scan that is called command and control is false as that.
      ['model', '33.3 %', '50.0 %', '40.0 %', '1', '1', '2'],
      ['both', '33.3 %', '50.0 %', '40.0 %', '1', '1', '2'],
    ]);
    assert.match(
      renderFlowScore('x', scores['model']!),
      /class c2: 2 connections, precision 33.3 %, recall 50.0 %/,
    );
  });
});
