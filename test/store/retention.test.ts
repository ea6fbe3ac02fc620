import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/report/schema.ts';
import { DEFAULT_RETENTION, type Retention } from '../../src/store/retention.ts';
import { readStore, saveReport } from '../../src/store/store.ts';
import { sampleDevice, sampleFinding, sampleParts, sampleReport, T0 } from '../report/sample.ts';

const root = mkdtempSync(join(tmpdir(), 'lanscope-retention-'));
after(() => rmSync(root, { recursive: true }));
let stores = 0;

/** A store of its own, and what was told while saving to it. */
function freshStore(retention: Retention = DEFAULT_RETENTION) {
  const path = join(root, `${stores++}.json`);
  const notices: string[] = [];
  const options = { retention, onNotice: (text: string) => notices.push(text) };
  return {
    path,
    notices,
    save: (report: Report, savedAt: string) => saveReport(path, report, savedAt, options),
    read: async () => {
      const { devices, findings } = await readStore(path);
      return { devices: devices.map(({ id }) => id).sort(), findings: findings.length };
    },
  };
}

const YEAR = 365 * 86_400;
const [OLD, NEW] = ['00:00:00:00:00:01', '00:00:00:00:00:02'];

/** A report of one device and one finding, seen `seconds` after T0. */
function reportOf(mac: string, seconds: number): Report {
  const time = { seconds: T0 + seconds, nanos: 0 };
  return sampleReport({
    devices: [sampleDevice(mac, { firstSeconds: time.seconds }, { last: time })],
    findings: [sampleFinding({ device: mac, first: time, last: time })],
  });
}

const older = reportOf(OLD, 0);
const newer = reportOf(NEW, 6 * YEAR);

test('captures of different years are kept side by side, whichever is saved first', async () => {
  for (const reports of [
    [older, newer],
    [newer, older],
  ]) {
    const store = freshStore();
    for (const report of reports) await store.save(report, '2026-01-01T00:00:00Z');
    assert.deepEqual(await store.read(), { devices: [OLD, NEW], findings: 2 });
    assert.deepEqual(store.notices, []);
  }
});

test('what was not saved again for longer than the retention is dropped, and told', async () => {
  const store = freshStore();
  await store.save(newer, '2026-01-01T00:00:00Z');
  await store.save(older, '2027-02-05T00:00:00.000Z');
  assert.deepEqual(await store.read(), { devices: [OLD, NEW], findings: 2 }, '400 days to the day');
  assert.deepEqual(store.notices, []);
  await store.save(sampleReport({ devices: [], findings: [] }), '2027-02-05T00:00:01.000Z');
  assert.deepEqual(await store.read(), { devices: [OLD], findings: 1 });
  assert.deepEqual(store.notices, ['1 device, 1 finding not kept: not saved again for more than 400 days']);
});

test('saving a report again renews it without counting it twice, and brings back what was dropped', async () => {
  const store = freshStore();
  await store.save(older, '2026-01-01T00:00:00Z');
  assert.equal(await store.save(older, '2027-01-01T00:00:00Z'), false);
  await store.save(newer, '2027-12-01T00:00:00Z');
  assert.deepEqual(await store.read(), { devices: [OLD, NEW], findings: 2 });

  await store.save(newer, '2028-12-01T00:00:00Z');
  assert.deepEqual(await store.read(), { devices: [NEW], findings: 1 });
  assert.equal(await store.save(older, '2028-12-02T00:00:00Z'), false);
  assert.deepEqual(await store.read(), { devices: [OLD, NEW], findings: 2 });
  const [device] = (await readStore(store.path)).devices;
  assert.deepEqual(device!.traffic, older.devices[0]!.traffic);
});

test('beyond the bounds what was saved longest ago goes first, and it is told', async () => {
  const store = freshStore({ ...DEFAULT_RETENTION, maxDevices: 2, maxFindings: 1 });
  await store.save(newer, '2026-01-01T00:00:00Z');
  await store.save(older, '2026-01-02T00:00:00Z');
  await store.save(reportOf('00:00:00:00:00:03', 0), '2026-01-03T00:00:00Z');
  assert.deepEqual(await store.read(), { devices: [OLD, '00:00:00:00:00:03'], findings: 1 });
  const why = 'the store holds 2 devices and 1 finding at most, and these were saved longest ago';
  assert.deepEqual(store.notices, [
    `0 devices, 1 finding not kept: ${why}`,
    `1 device, 1 finding not kept: ${why}`,
  ]);
});

test('a report that brings more than the bound is kept whole', async () => {
  const store = freshStore({ ...DEFAULT_RETENTION, maxDevices: 3 });
  const devices = Array.from({ length: 10 }, (_, i) => sampleDevice(`00:00:00:00:01:0${i}`));
  await store.save(older, '2026-01-01T00:00:00Z');
  await store.save(sampleReport({ devices, findings: [] }), '2026-01-02T00:00:00Z');
  assert.equal((await store.read()).devices.length, 10);
  assert.match(store.notices.join('\n'), /^1 device, 0 findings not kept: /);
});

test('a store of version 1 is read, and its entries count as saved by its latest save', async () => {
  const store = freshStore();
  const capture = (savedAt: string, digest: string) => ({
    digest,
    names: ['a.pcap'],
    firstTime: null,
    lastTime: null,
    packets: sampleParts().totals.packets,
    savedAt,
  });
  writeFileSync(
    store.path,
    JSON.stringify({
      storeVersion: 1,
      captures: [capture('2025-01-01T00:00:00Z', 'x'), capture('2026-01-01T00:00:00Z', older.digest)],
      devices: older.devices,
      findings: older.findings,
    }),
  );
  assert.deepEqual(await store.read(), { devices: [OLD], findings: 1 });
  await store.save(newer, '2027-01-01T00:00:00Z');
  assert.deepEqual(await store.read(), { devices: [OLD, NEW], findings: 2 });
  assert.match(readFileSync(store.path, 'utf8'), /^\{"storeVersion":2,/);
  await store.save(newer, '2028-01-01T00:00:00Z');
  assert.deepEqual(await store.read(), { devices: [NEW], findings: 1 });
});
