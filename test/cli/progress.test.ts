import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { createProgress, progressLine } from '../../src/cli/progress.ts';

test('a known size gives a bar, rate and remaining time; an unknown one a counter', () => {
  const line = progressLine({ packets: 1_500_000, bytesRead: 250_000_000, totalBytes: 1_000_000_000 }, 2);
  assert.equal(line, `${'█'.repeat(6)}${'░'.repeat(18)}  25 %  6 s left, 125 MB/s, 750 k packets/s`);
  assert.ok(stringWidth(line) < 80);
  assert.equal(
    progressLine({ packets: 1234, bytesRead: 5_000_000, totalBytes: 0 }, 2),
    '1,234 packets, 5 MB, 617 packets/s, 2.5 MB/s',
  );
  // A file that grows while it is read.
  assert.match(progressLine({ packets: 1, bytesRead: 20, totalBytes: 10 }, 1), /100 % {2}0 ms left/);
});

test('nothing is written where nobody watches', async () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  let time = 0;
  const progress = createProgress(stream, () => (time += 1000));
  for (let i = 0; i < 5; i++) progress.update({ packets: i, bytesRead: i, totalBytes: 10 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  progress.stop();
  assert.equal((stream as unknown as PassThrough).read(), null);
});

test('on a terminal it appears after a moment and is cleared', async () => {
  const pipe = new PassThrough();
  const stream = Object.assign(pipe, {
    isTTY: true,
    columns: 100,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
  });
  let written = '';
  pipe.on('data', (chunk: Buffer) => (written += chunk.toString()));
  let time = 0;
  const progress = createProgress(stream as unknown as NodeJS.WriteStream, () => time);
  progress.update({ packets: 1, bytesRead: 1, totalBytes: 10 });
  assert.equal(written, '', 'short work is silent');
  time = 1000;
  progress.update({ packets: 5, bytesRead: 5, totalBytes: 10 });
  for (let i = 0; i < 100 && !written.includes('50 %'); i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  progress.stop();
  progress.stop();
  assert.match(written, / 50 % /);
});
