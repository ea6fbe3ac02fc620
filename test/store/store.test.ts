import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { writeFileAtomically } from '../../src/store/atomic-file.ts';
import { lockStore } from '../../src/store/lock.ts';
import { emptyStore, mergeReport } from '../../src/store/merge.ts';
import { defaultStorePath } from '../../src/store/path.ts';
import { readStore, saveReport } from '../../src/store/store.ts';
import { compareTime } from '../../src/store/time-order.ts';
import { killWhileSaving } from './kill-while-saving.ts';
import { STORE_VERSION } from '../../src/store/version.ts';
import { sampleCamera, sampleDevice, sampleParts, sampleReport, T0 } from '../report/sample.ts';

const root = mkdtempSync(join(tmpdir(), 'lanscope-store-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const freshPath = () => join(mkdtempSync(join(root, `${folders++}-`)), 'db.json');
const SAVED_AT = '2026-01-01T00:00:00Z';
const failsWith = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LanscopeError, String(error));
  assert.equal(error.code, code);
  assert.match(`${error.message} ${error.hint}`, pattern);
  return true;
};

test('what is saved is read back, and only the owner may read it', async () => {
  const path = freshPath();
  const report = sampleReport();
  assert.equal(await saveReport(path, report, SAVED_AT), true);
  const store = await readStore(path);
  assert.deepEqual(store.devices, report.devices);
  assert.deepEqual(store.findings, report.findings);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, '..')), ['db.json'], 'no lock or temporary file stays');
});

test('the same report counts once; another one adds up', async () => {
  const path = freshPath();
  await saveReport(path, sampleReport(), SAVED_AT);
  assert.equal(await saveReport(path, sampleReport(), SAVED_AT), false);
  const later = sampleReport({ findings: [], totals: { ...sampleParts().totals, packets: 43 } });
  await saveReport(path, later, SAVED_AT);
  const { devices, captures, findings } = await readStore(path);
  const camera = devices.find(({ id }) => id === 'b0:c5:54:00:00:01')!;
  assert.equal(camera.traffic.packetsOut, 40);
  assert.equal(camera.domains[0]!.count, 18);
  assert.equal(captures.length, 2);
  assert.equal(findings.length, 1);
});

test('merging keeps the surer identity, all addresses and the whole span', () => {
  const first = mergeReport(emptyStore(), sampleReport({ devices: [sampleCamera()] }), SAVED_AT).store;
  const seen = sampleDevice(
    'b0:c5:54:00:00:01',
    {
      firstSeconds: T0 - 50,
      addresses: new Map([
        [
          '10.0.0.9',
          { address: '10.0.0.9', sources: new Set(['arp'] as const), firstSeconds: T0, lastSeconds: T0 },
        ],
      ]),
    },
    { last: { seconds: T0 + 500, nanos: 0 } },
  );
  const { store } = mergeReport(first, sampleReport({ devices: [seen] }), SAVED_AT);
  const camera = store.devices[0]!.entry;
  assert.equal(camera.identity.model, 'DCS-930L');
  assert.equal(camera.vendor, 'D-Link International');
  assert.deepEqual(
    camera.addresses.map(({ address }) => address),
    ['10.0.0.9', '192.168.1.20', 'fe80::1'],
  );
  assert.equal(camera.firstSeen, '2020-09-13T12:25:50.123456Z');
  assert.equal(camera.lastSeen, '2020-09-13T12:35:00.000000Z');
});

test('times of different precision are ordered', () => {
  assert.ok(compareTime('2020-01-01T00:00:40Z', '2020-01-01T00:00:40.5Z') < 0);
  assert.ok(compareTime('2020-01-01T00:00:41Z', '2020-01-01T00:00:40.5Z') > 0);
  assert.equal(compareTime('2020-01-01T00:00:40Z', '2020-01-01T00:00:40Z'), 0);
});

test('a damaged store is set aside, and the generation before it goes on', async () => {
  const path = freshPath();
  await saveReport(path, sampleReport(), SAVED_AT);
  await saveReport(path, sampleReport({ findings: [] }), SAVED_AT);
  const damaged = readFileSync(path, 'utf8').slice(0, -100);
  writeFileSync(path, damaged);

  const notices: string[] = [];
  const onNotice = (text: string) => notices.push(text);
  assert.equal(
    (await readStore(path, { onNotice })).captures.length,
    1,
    'a reader takes the generation before',
  );
  assert.equal(readFileSync(path, 'utf8'), damaged, 'and changes nothing');
  assert.match(notices[0]!, /is damaged: it is not whole JSON; going on with the generation before it/);

  assert.equal(await saveReport(path, sampleReport({ findings: [] }), SAVED_AT, { onNotice }), true);
  assert.equal(readFileSync(`${path}.damaged-1`, 'utf8'), damaged);
  assert.match(notices[1]!, /the damaged file was kept as .*damaged-1/);
  assert.equal((await readStore(path)).captures.length, 2);
});

test('a damaged store without a generation before it is never silently replaced', async () => {
  for (const text of [
    '',
    '{"storeVersion":1',
    '[]',
    '{"storeVersion":1,"captures":[],"devices":[{}],"findings":[]}',
  ]) {
    const path = freshPath();
    writeFileSync(path, text);
    await assert.rejects(readStore(path), failsWith('STORE_DAMAGED', /Mend it, or remove it/), text);
    await assert.rejects(
      saveReport(path, sampleReport(), SAVED_AT),
      failsWith('STORE_DAMAGED', /kept as .*damaged-1/),
      text,
    );
    assert.equal(readFileSync(`${path}.damaged-1`, 'utf8'), text);
    assert.equal(
      await saveReport(path, sampleReport(), SAVED_AT),
      true,
      'a new store begins on the next run',
    );
  }
});

test('a store of a later version is left alone', async () => {
  const path = freshPath();
  const text = JSON.stringify({ storeVersion: STORE_VERSION + 1 });
  writeFileSync(path, text);
  await assert.rejects(
    saveReport(path, sampleReport(), SAVED_AT),
    failsWith('STORE_TOO_NEW', /Update lanscope/),
  );
  assert.equal(readFileSync(path, 'utf8'), text);
});

test('one writer at a time', async () => {
  const path = freshPath();
  const unlock = await lockStore(path);
  await assert.rejects(
    lockStore(path, 100),
    failsWith('STORE_LOCKED', new RegExp(`written by process ${process.pid}`)),
  );
  await unlock();
  await (
    await lockStore(path, 0)
  )();
});

test('concurrent savers lose nothing', async () => {
  const path = freshPath();
  const reports = Array.from({ length: 8 }, (_, i) =>
    sampleReport({ devices: [sampleDevice(`00:00:00:00:01:0${i}`)] }),
  );
  await Promise.all(reports.map((report) => saveReport(path, report, SAVED_AT)));
  assert.equal((await readStore(path)).devices.length, 8);
});

test('the lock of a process that is gone, or whose pid was reused, is taken over; that of another host is not', async () => {
  const path = freshPath();
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.on('close', resolve));
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: child.pid, host: hostname(), started: '1' }));
  await (
    await lockStore(path, 0)
  )();
  if (process.platform === 'linux') {
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), started: 'other' }));
    await (
      await lockStore(path, 0)
    )();
  }
  writeFileSync(`${path}.lock`, '');
  await assert.rejects(
    lockStore(path, 0),
    failsWith('STORE_LOCKED', /process \?/),
    'it may be being written',
  );
  utimesSync(`${path}.lock`, 1, 1);
  await (
    await lockStore(path, 0)
  )();
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere.invalid', started: '1' }));
  await assert.rejects(lockStore(path, 0), failsWith('STORE_LOCKED', /elsewhere\.invalid/));
});

test('killed at random moments while saving, the store holds what was reported as saved', async () => {
  const { acknowledged } = await killWhileSaving(30);
  assert.ok(acknowledged >= 30);
});

test('a save that was killed when the backup was the store itself leaves nothing to the next one', async () => {
  const path = freshPath();
  writeFileSync(path, 'old');
  linkSync(path, `${path}.bak`);
  await writeFileAtomically(path, 'new', { previous: `${path}.bak` });
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.equal(readFileSync(`${path}.bak`, 'utf8'), 'old');
  assert.equal(existsSync(`${path}.bak.tmp`), false);
});

test('files are replaced whole: a failure leaves the old one, links are followed', async () => {
  const path = freshPath();
  writeFileSync(path, 'old');
  const failing = function* () {
    yield 'new';
    throw new Error('no more');
  };
  await assert.rejects(writeFileAtomically(path, failing()), /no more/);
  assert.equal(readFileSync(path, 'utf8'), 'old');
  const link = `${path}.link`;
  symlinkSync(path, link);
  await writeFileAtomically(link, ['a', 'b']);
  assert.equal(readFileSync(path, 'utf8'), 'ab');
  assert.deepEqual(readdirSync(join(path, '..')).sort(), ['db.json', 'db.json.link']);
  await assert.rejects(
    writeFileAtomically(join(path, 'x'), ['a']),
    failsWith('OUTPUT_UNWRITABLE', /not a folder/),
  );
  await writeFileAtomically('/dev/null', ['a']);
});

test('folders of the store are made; where that cannot be, it fails at once', async () => {
  const path = join(root, 'a', 'b', 'db.json');
  await saveReport(path, sampleReport(), SAVED_AT);
  assert.equal(statSync(join(root, 'a')).mode & 0o777, 0o700);
  await assert.rejects(
    saveReport(join(path, 'c', 'db.json'), sampleReport(), SAVED_AT),
    failsWith('OUTPUT_UNWRITABLE', /not a folder/),
  );
});

test(
  'a file system that makes no folders is a clear error',
  { skip: process.platform !== 'linux' && 'only Linux has /proc', timeout: 5_000 },
  async () => {
    for (const path of ['/proc/lanscope/y/db.json', '/sys/lanscope/y/db.json', '/proc/db.json']) {
      await assert.rejects(
        saveReport(path, sampleReport(), SAVED_AT),
        failsWith('OUTPUT_UNWRITABLE', /cannot be written/),
        path,
      );
    }
  },
);

test(
  'permission is a clear error',
  { skip: process.getuid?.() === 0 && 'root may write anywhere' },
  async () => {
    const path = freshPath();
    chmodSync(join(path, '..'), 0o500);
    await assert.rejects(
      saveReport(path, sampleReport(), SAVED_AT),
      failsWith('OUTPUT_UNWRITABLE', /no permission/),
    );
  },
);

test('the default place follows the XDG specification', () => {
  assert.equal(defaultStorePath({ XDG_DATA_HOME: '/data' }), '/data/lanscope/lanscope.json');
  assert.match(
    defaultStorePath({ XDG_DATA_HOME: 'relative' }),
    /\/\.local\/share\/lanscope\/lanscope\.json$/,
  );
  assert.match(defaultStorePath({}), /\/\.local\/share\/lanscope\/lanscope\.json$/);
});
