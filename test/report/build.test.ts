import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { LIMIT } from '../../src/report/limits.ts';
import {
  sampleCamera,
  sampleDevice,
  sampleFinding,
  sampleParts,
  sampleReport,
  sampleSource,
  T0,
} from './sample.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../src/report/report.schema.json'), 'utf8'),
) as object;
const ajv = new Ajv2020({ allErrors: true });
const isReport = ajv.compile(schema);

function assertFitsSchema(report: unknown): void {
  assert.ok(isReport(report), ajv.errorsText(isReport.errors));
}

test('a report fits its published schema', () => {
  assertFitsSchema(sampleReport());
  assertFitsSchema(sampleReport({ inputs: [], devices: [], findings: [] }));
  const { info } = sampleParts().inputs[0]!;
  const damage = { offset: 100, reason: 'record header makes no sense', bytesLost: 12, resynchronised: 1 };
  assertFitsSchema(sampleReport({ inputs: [{ info: { ...info, damage }, first: null, last: null }] }));
});

test('the schema refuses members that it does not know', () => {
  assert.equal(isReport({ ...sampleReport(), extra: 1 }), false);
  assert.equal(isReport({ ...sampleReport(), schemaVersion: 2 }), false);
});

test('members come in the order of the schema', () => {
  const { properties } = schema as { properties: object };
  assert.deepEqual(Object.keys(sampleReport()), Object.keys(properties));
});

test('the digest does not cover the run, the folder or the order of arrival', () => {
  const { digest } = sampleReport();
  const run = { version: '9', startedAt: '2030-01-01T00:00:00.000Z', elapsedMs: 9e9, runtime: '' };
  assert.equal(sampleReport({ run }).digest, digest);
  assert.equal(sampleReport({ devices: [...sampleParts().devices].reverse() }).digest, digest);
  const moved = { ...sampleParts().inputs[0]!, info: sampleSource({ name: 'elsewhere/lan.pcap' }) };
  assert.equal(sampleReport({ inputs: [moved] }).digest, digest);
  assert.notEqual(sampleReport({ complete: false }).digest, digest);
  assert.notEqual(sampleReport({ findings: [] }).digest, digest);
});

test('devices: sorted lists, addresses IPv4 first, no number where the wire has names', () => {
  const [local, camera] = sampleReport().devices;
  assert.equal(local!.macKind, 'local');
  assert.equal(camera!.macKind, 'universal');
  assert.deepEqual(
    camera!.addresses.map(({ address }) => address),
    ['192.168.1.20', 'fe80::1'],
  );
  assert.deepEqual(camera!.addresses[0]!.sources, ['arp', 'dhcp']);
  assert.deepEqual(
    camera!.domains.map(({ name }) => name),
    ['api.mydlink.com', 'ntp1.dlink.com'],
  );
  assert.deepEqual(
    camera!.identity.evidence.map(({ weight }) => weight),
    [0.9, 0.7],
  );
  assert.equal(camera!.firstSeen, '2020-09-13T12:26:40.123456Z');
  const [pure] = sampleReport({ devices: [sampleDevice('ip:10.0.0.1')] }).devices;
  assert.equal(pure!.mac, null);
  assert.equal(pure!.macKind, 'none');
});

test('lists are bounded, and what is left out is counted', () => {
  const camera = sampleCamera();
  for (let i = 0; i < LIMIT.domains + 5; i++) camera.device.domains.set(`d${i}.example`, 1);
  const [device] = sampleReport({ devices: [camera] }).devices;
  assert.equal(device!.domains.length, LIMIT.domains);
  assert.equal(device!.domains[0]!.name, 'api.mydlink.com', 'the most frequent stays');
  assert.deepEqual(device!.omitted, { domains: 7 });

  const findings = Array.from({ length: LIMIT.findings + 3 }, (_, i) =>
    sampleFinding({ count: i + 1, score: 1 }),
  );
  const report = sampleReport({ findings: [...findings, sampleFinding({ severity: 'critical' })] });
  assert.equal(report.findings.length, LIMIT.findings);
  assert.equal(report.findings[0]!.severity, 'critical');
  assert.equal(report.omitted.findings, 4);
  assert.equal(report.totals.findings.high, LIMIT.findings + 3, 'totals count all');
});

test('findings: most severe first, ids from content', () => {
  const low = sampleFinding({ severity: 'low', score: 99 });
  const report = sampleReport({ findings: [low, sampleFinding({ score: 10 }), sampleFinding()] });
  assert.deepEqual(
    report.findings.map(({ severity, score }) => [severity, score]),
    [
      ['high', 80],
      ['high', 10],
      ['low', 99],
    ],
  );
  const again = sampleReport({ findings: [sampleFinding()] }).findings[0]!;
  assert.equal(again.id, report.findings[0]!.id);
  assert.notEqual(again.id, report.findings[1]!.id);
});

test('times carry the finest precision of the inputs', () => {
  const first = { seconds: T0, nanos: 123_456_789 };
  const last = { seconds: T0 + 2, nanos: 23_456_788 };
  const inputs = [{ info: sampleSource({ timeDigits: 9 }), first, last }];
  const { totals, input } = sampleReport({ inputs, totals: { ...sampleParts().totals, first, last } });
  assert.equal(input[0]!.firstTime, '2020-09-13T12:26:40.123456789Z');
  assert.equal(totals.durationSeconds, 1.899999999);
});

test('a key from outside named __proto__ is a member like any other', () => {
  const camera = sampleCamera();
  camera.device.fingerprints.set('__proto__', new Set(['x']));
  const [device] = sampleReport({ devices: [camera] }).devices;
  assert.deepEqual(Object.keys(device!.fingerprints), ['__proto__', 'dhcp']);
  assert.match(JSON.stringify(device), /"__proto__":\["x"\]/);
});
