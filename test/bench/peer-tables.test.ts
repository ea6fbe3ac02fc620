import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../../bench/measured-run.ts';
import { PROGRAMS, SELF } from '../../bench/peers/programs.ts';
import { medianRatio, merged, type PeerResults, type Result } from '../../bench/peers/results.ts';
import { peerTables } from '../../bench/peers/tables.ts';

function result(program: string, cpuSeconds: number, ratio: number, more: Partial<Result> = {}): Result {
  return { program, runs: 3, cpuSeconds, ratio, peakMb: 10, ...more };
}

const found: PeerResults = {
  machine: { cpu: 'A processor', cores: 2, system: 'Linux 6', node: '20.0.0' },
  lanscope: '1.0.0',
  date: '2026-01-02',
  programs: { [SELF]: '', softflowd: '1.1.0', argus: null },
  kinds: [
    {
      kind: 'mixed',
      megabytes: 1000,
      packets: 2_700_000,
      results: [
        result(SELF, 2, 1),
        result('softflowd', 1, 2),
        result('ndpiReader -q', 4, 0.5),
        result('prads', 10, 0.02, { runs: 1 }),
        result('p0f', 0, 0, { failure: 'exit code 1' }),
      ],
    },
  ],
};

test('tables show seconds and ratios, what misses its aim, what failed and what is not there', () => {
  const lines = peerTables(found).split('\n');
  const row = (name: string): string[] => lines.filter((line) => line.startsWith(`| ${name} |`));
  assert.equal(row('lanscope analyze')[0], '| lanscope analyze |  | 2.00 |');
  assert.equal(row('softflowd')[0], '| softflowd | ≤ 1x | 1.00 (**2.00x**) |');
  assert.equal(row('ndpiReader -q')[0], '| ndpiReader -q | ≤ 0.6x | 4.00 (0.50x) |');
  assert.equal(row('prads')[0], '| prads | ≤ 0.15x | 10.00 (0.020x) |');
  assert.equal(row('p0f')[0], '| p0f |  | exit code 1 |');
  assert.match(row('argus').at(-1)!, /^\| argus \| not installed \|/);
  assert.equal(row('argus').length, 1);
});

test('a ratio is that of rounds, not of medians', () => {
  assert.equal(medianRatio([2, 4, 6], [1, 8, 2], median), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('what is kept: programs that did not run this time on the same capture, other kinds', () => {
  const [mixed] = found.kinds as [PeerResults['kinds'][0]];
  const now = { ...found, kinds: [{ ...mixed, results: [result(SELF, 3, 1), result('softflowd', 1, 3)] }] };
  const before = { ...found, kinds: [mixed, { ...mixed, kind: 'dns' }] };
  const { kinds } = merged(now, before);
  assert.deepEqual(
    kinds.map(({ kind, results }) => [kind, ...results.map(({ ratio }) => ratio)]),
    [
      // ndpiReader took 4 s, lanscope takes 3 by now.
      ['mixed', 1, 3, 0.75, 0.3, Infinity],
      ['dns', 1, 2, 0.5, 0.02, 0],
    ],
  );
  assert.deepEqual(merged({ ...now, machine: { ...now.machine, cpu: 'another' } }, before).kinds.length, 1);
  assert.deepEqual(merged(now, null), now);
});

test('the programs are told apart', () => {
  assert.equal(new Set(PROGRAMS.map(({ name }) => name)).size, PROGRAMS.length);
});
