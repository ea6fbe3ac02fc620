import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changedFields } from '../../src/harness/changed-fields.ts';

const report = () => ({
  digest: 'a',
  totals: { packets: 10 },
  devices: [
    { id: 'aa', identity: { brand: 'Acme', evidence: [{ source: 'oui', value: 'Acme Inc', weight: 0.5 }] } },
    { id: 'bb', identity: { brand: '', evidence: [] } },
  ],
  findings: [{ id: '0123', rule: 'port-scan', device: 'aa', peer: 'bb', severity: 'high', packets: [1, 2] }],
});

describe('changed fields', () => {
  test('a document does not differ from itself', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(changedFields(value, value), [])));
  });

  test('a field inside of a list is named by what its entry is about', () => {
    const now = report();
    now.devices[0]!.identity.brand = 'Bcme';
    now.devices[0]!.identity.evidence[0]!.weight = 0.6;
    assert.deepEqual(changedFields(report(), now), [
      { path: 'devices[aa].identity.brand', before: '"Acme"', now: '"Bcme"' },
      { path: 'devices[aa].identity.evidence[oui Acme Inc].weight', before: '0.5', now: '0.6' },
    ]);
  });

  test('one entry more at the front is one change', () => {
    const now = report();
    now.devices.unshift({ id: '00', identity: { brand: '', evidence: [] } });
    assert.deepEqual(
      changedFields(report(), now).map(({ path, before }) => [path, before]),
      [['devices[00]', '']],
    );
  });

  test('a finding is the same finding though its id is another', () => {
    const now = report();
    now.findings[0]!.id = '9999';
    now.findings[0]!.severity = 'low';
    assert.deepEqual(
      changedFields(report(), now).map(({ path }) => path),
      ['findings[port-scan aa bb].id', 'findings[port-scan aa bb].severity'],
    );
  });

  test('another order alone is told', () => {
    const now = report();
    now.devices.reverse();
    assert.deepEqual(
      changedFields(report(), now).map(({ path }) => path),
      ['devices (order)'],
    );
  });

  test('any difference of JSON is found', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        // Members in another order are the same object.
        if (changedFields(a, b).length === 0 && !same) assert.deepEqual(a, b);
        if (same) assert.deepEqual(changedFields(a, b), []);
      }),
    );
  });
});
