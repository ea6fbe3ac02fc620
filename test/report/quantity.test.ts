import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPlural,
  formatRate,
} from '../../src/report/quantity.ts';

test('numbers for people', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual(
    [1, 2].map((n) => formatPlural(n, 'device')),
    ['1 device', '2 devices'],
  );
  assert.deepEqual(
    [0, 999, 999.6, 1000, 1234, 99_949, 99_951, 999_499, 999_500, 1.5e9, 2e21].map(formatBytes),
    [
      '0 B',
      '999 B',
      '1 kB',
      '1 kB',
      '1.23 kB',
      '99.9 kB',
      '100 kB',
      '999 kB',
      '1 MB',
      '1.5 GB',
      '2000000 PB',
    ],
  );
  assert.deepEqual(
    [950, 1500, 2.5e6].map((n) => formatRate(n, 'packets')),
    ['950 packets/s', '1.5 k packets/s', '2.5 M packets/s'],
  );
  assert.deepEqual(
    [0, 0.0004, 0.312, 0.9994, 0.9996, 4.06, 59.94, 59.96, 200, 3600, 86_340, 86_400, 1_051_200, 2e8].map(
      formatDuration,
    ),
    [
      '0 ms',
      '0 ms',
      '312 ms',
      '999 ms',
      '1 s',
      '4.1 s',
      '59.9 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '23 h 59 min',
      '1 d',
      '12 d 4 h',
      '6 y 124 d',
    ],
  );
});
