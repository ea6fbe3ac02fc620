import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, type Limits, type Sample, slope } from '../../scripts/soak/judge.ts';
import { COMMAND, ROOT } from '../cli/command.ts';
import { whyNot } from './two-hosts.ts';

const LIMITS: Limits = {
  slopeBytesPerMinute: 250_000,
  residentBytes: 500e6,
  loopP99Seconds: 0.1,
  storeBytes: 60e6,
  recordBytes: 60e6,
};

/** A sample every ten seconds for half an hour. */
function samples(of: (seconds: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 180 }, (_, i) => ({
    seconds: i * 10,
    residentBytes: 150e6,
    captureBytes: 0,
    loopP99Seconds: 0.02,
    loopMaxSeconds: 0.1,
    packets: i * 1000,
    devices: 2000,
    flows: 1000,
    storeBytes: 1e6,
    recordBytes: 50e6,
    ...of(i * 10),
  }));
}

const failing = (all: readonly Sample[]): string[] =>
  judge(all, LIMITS)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name.split(',')[0]!);

describe('what a soak shows', () => {
  test('memory that stays is well, also when it wavers, and grows at the start', () => {
    const wavering = samples((seconds) => ({
      residentBytes: 150e6 + (seconds < 500 ? seconds * 1e5 : 50e6) + 20e6 * Math.sin(seconds / 40),
    }));
    assert.deepEqual(failing(wavering), []);
  });

  test('a leak, a slow event loop and files that grow are found', () => {
    assert.deepEqual(failing(samples((seconds) => ({ residentBytes: 150e6 + seconds * 10_000 }))), [
      'memory slope',
    ]);
    assert.deepEqual(failing(samples(() => ({ residentBytes: 600e6 }))), ['most memory']);
    assert.deepEqual(failing(samples(() => ({ loopP99Seconds: 0.2 }))), ['event loop lag']);
    assert.deepEqual(failing(samples((seconds) => ({ storeBytes: seconds * 1e5 }))), ['store']);
    assert.deepEqual(failing(samples(() => ({ recordBytes: 61e6 }))), ['recordings']);
  });

  test('slope of a line', () => {
    assert.equal(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
      2,
    );
    assert.equal(slope([[1, 7]]), 0);
  });
});

test('live mode with 2,000 devices that come and go, for a moment', { skip: whyNot() }, () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      join(ROOT, 'scripts/soak.ts'),
      '--minutes',
      '0.15',
      '--rate',
      '2000',
      '--lanscope',
      COMMAND.at(-1)!,
    ],
    { cwd: ROOT, encoding: 'utf8', timeout: 240_000 },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^ok +packets lost/m);
});
