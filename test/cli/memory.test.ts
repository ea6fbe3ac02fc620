import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { saveReport } from '../../src/store/store.ts';
import { sampleCamera, sampleDevice, sampleReport } from '../report/sample.ts';
import { lanscope } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-cli-'));
after(() => rmSync(folder, { recursive: true }));
const report = join(folder, 'report.json');
const db = join(folder, 'db', 'lanscope.json');
const hostile = sampleDevice('02:00:00:00:00:01', {
  names: new Map([['n', { name: '=HYPERLINK("http://x")\u001b[2J', source: 'mdns' }]]),
});
const sample = sampleReport({ devices: [sampleCamera(), hostile] });
writeFileSync(report, JSON.stringify(sample));
await saveReport(db, sample, '2026-01-01T00:00:00Z');

test('version and help answer without a capture', async () => {
  const [version, help] = await Promise.all([lanscope(['--version']), lanscope(['--help'])]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+/);
  assert.equal(help.code, 0);
  for (const command of ['analyze', 'list', 'device', 'alerts', 'export'])
    assert.match(help.stdout, new RegExp(`lanscope ${command}`));
});

test('bad usage is one line and exit code 2', async () => {
  const cases = [
    [],
    ['frobnicate'],
    ['list', '--colour'],
    ['device'],
    ['export', '--format', 'xml'],
    ['list', '--report', report, '--db', db],
  ];
  const outcomes = await Promise.all(cases.map((args) => lanscope(args)));
  for (const [i, { code, stdout, stderr }] of outcomes.entries()) {
    assert.equal(code, 2, cases[i]!.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^lanscope: [^\n]+\n$/, cases[i]!.join(' '));
  }
});

test('list shows the devices of the store and of a report alike', async () => {
  const [fromStore, fromReport] = await Promise.all([
    lanscope(['list', '--db', db]),
    lanscope(['list', '--report', report]),
  ]);
  assert.equal(fromStore.code, 0, fromStore.stderr);
  assert.equal(fromStore.stdout, fromReport.stdout);
  assert.match(fromStore.stdout, /D-Link DCS-930L/);
  assert.match(fromStore.stdout, /\\x1b\[2J/);
  assert.ok(!fromStore.stdout.includes('\u001b'));
});

test('device shows one by MAC in any notation, by address, by part of a name', async () => {
  const outcomes = await Promise.all(
    ['B0-C5-54-00-00-01', '192.168.1.20', 'dcs-930'].map((query) =>
      lanscope(['device', query, '--report', report]),
    ),
  );
  for (const { code, stdout, stderr } of outcomes) {
    assert.equal(code, 0, stderr);
    for (const part of ['b0:c5:54:00:00:01', 'dhcp.hostName', 'dns.google', 'api.mydlink.com', 'port-scan']) {
      assert.ok(stdout.includes(part), part);
    }
  }
});

test('a device that is not there', async () => {
  const { code, stderr } = await lanscope(['device', 'nobody', '--report', report]);
  assert.equal(code, 2);
  assert.equal(stderr, "lanscope: no device matches 'nobody'. See `lanscope list`.\n");
});

test('alerts, by severity', async () => {
  const [all, none, json] = await Promise.all([
    lanscope(['alerts', '--report', report]),
    lanscope(['alerts', '--report', report, '--severity', 'critical']),
    lanscope(['alerts', '--report', report, '--json']),
  ]);
  assert.match(all.stdout, /1 finding\n/);
  assert.equal(none.stdout, 'No findings.\n');
  assert.deepEqual(JSON.parse(json.stdout), sample.findings);
});

test('export as JSON and CSV; no cell is a formula', async () => {
  const [json, devices, findings] = await Promise.all([
    lanscope(['export', '--db', db]),
    lanscope(['export', '--db', db, '--format', 'csv']),
    lanscope(['export', '--db', db, '--format', 'csv', '--what', 'findings']),
  ]);
  assert.deepEqual(JSON.parse(json.stdout), { devices: sample.devices, findings: sample.findings });
  assert.match(devices.stdout, /"'=HYPERLINK\(""http:\/\/x""\)\u001b\[2J"/);
  assert.equal(devices.stdout.split('\r\n').length, 4);
  assert.match(findings.stdout, /port-scan/);
});

test('no store yet, a file that is no report, a folder that is not there', async () => {
  const [none, wrong, unwritable] = await Promise.all([
    lanscope(['list'], { env: { XDG_DATA_HOME: join(folder, 'empty') } }),
    lanscope(['list', '--report', db]),
    lanscope(['export', '--report', report, '-o', join(folder, 'no/such/out.json')]),
  ]);
  assert.match(
    none.stderr,
    /^lanscope: there is no store at .*empty\/lanscope\/lanscope\.json yet\. Save an analysis/,
  );
  assert.equal(none.code, 2);
  assert.match(wrong.stderr, /states no schema version/);
  assert.equal(wrong.code, 2);
  assert.match(unwritable.stderr, /cannot be written: its folder does not exist/);
  assert.equal(unwritable.code, 3);
});
