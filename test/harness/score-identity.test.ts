import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Category } from '../../src/fingerprint/evidence.ts';
import { judge, type Judged, readLabels, scoreIdentities } from '../../src/harness/score-identity.ts';

const label = { brand: ['Philips', 'Signify'], category: ['hub', 'light'], model: 'HS100' };

function judged(brand: string, category: Category, confidence: number, model = '', name = 'Bridge'): Judged {
  const capture = { name, path: 'x.pcap', mac: '00:00:00:00:00:01', label };
  return { capture, identity: { brand, category, model, confidence } };
}

test('any labelled value is right, another is wrong, none is neither', () => {
  assert.equal(judge('brand', judged('Signify', 'unknown', 0.9)), 'right');
  assert.equal(judge('brand', judged('signify', 'unknown', 0.9)), 'right');
  assert.equal(judge('brand', judged('Osram', 'unknown', 0.9)), 'wrong');
  assert.equal(judge('brand', judged('', 'unknown', 0)), 'unknown');
  assert.equal(judge('category', judged('', 'light', 0.9)), 'right');
  assert.equal(judge('category', judged('', 'camera', 0.9)), 'wrong');
  assert.equal(judge('model', judged('', 'unknown', 0.9, 'HS100(EU)')), 'right');
  assert.equal(judge('model', judged('', 'unknown', 0.9, 'HS110')), 'wrong');
  const absent: Judged = { capture: judged('', 'hub', 1).capture, identity: undefined };
  assert.equal(judge('category', absent), 'unknown');
  const unlabelled = { ...absent, capture: { ...absent.capture, label: { brand: [], category: [] } } };
  assert.equal(judge('model', unlabelled), undefined);
});

test('counts, precision, coverage, confusion and calibration', () => {
  const score = scoreIdentities([
    judged('Philips', 'hub', 0.95),
    judged('Osram', 'hub', 0.9),
    judged('Osram', 'unknown', 0.65),
    judged('', 'unknown', 0, '', 'Other'),
  ]);
  const brand = score.fields.find(({ field }) => field === 'brand')!;
  assert.deepEqual([brand.right, brand.wrong, brand.unknown], [1, 2, 1]);
  assert.equal(brand.precision, 1 / 3);
  assert.equal(brand.coverage, 3 / 4);
  assert.deepEqual(brand.confusion, [{ expected: 'Philips or Signify', answered: 'Osram', count: 2 }]);
  const rows = score.calibration
    .filter(({ count }) => count > 0)
    .map(({ from, count, right }) => [from, count, right]);
  assert.deepEqual(rows, [
    [0.6, 1, 0],
    [0.9, 1, 0],
    [0.95, 1, 1],
  ]);
  assert.deepEqual(
    score.devices.map(({ name, verdicts }) => [name, verdicts.category.right]),
    [
      ['Bridge', 2],
      ['Other', 0],
    ],
  );
});

test('labels are read with their captures, and refused with a reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-labels-'));
  const path = join(folder, 'labels.json');
  try {
    assert.throws(() => readLabels(path), /no such file/);
    writeFileSync(path, '{');
    assert.throws(() => readLabels(path), /is not JSON/);
    writeFileSync(path, JSON.stringify({ devices: { Bridge: { brand: 'Philips' } } }));
    assert.throws(() => readLabels(path), /is not a set of labels/);
    writeFileSync(path, JSON.stringify({ comment: 'x', devices: { Bridge: label } }));
    assert.throws(() => readLabels(path), /needs captures/);
    mkdirSync(join(folder, 'Bridge'));
    writeFileSync(join(folder, 'Bridge/_iotdevice-mac.txt'), 'nothing\n');
    assert.throws(() => readLabels(path), /no MAC address/);
    writeFileSync(join(folder, 'Bridge/_iotdevice-mac.txt'), '00-17-88-AA-BB-CC\r\n');
    for (const name of ['b.pcapng', 'a.pcap.gz', 'notes.txt'])
      writeFileSync(join(folder, 'Bridge', name), '');
    assert.deepEqual(
      readLabels(path).map(({ path: file, mac }) => [file, mac]),
      ['a.pcap.gz', 'b.pcapng'].map((name) => [join(folder, 'Bridge', name), '00:17:88:aa:bb:cc']),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
