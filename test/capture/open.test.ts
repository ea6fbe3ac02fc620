import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { findCaptures } from '../../src/capture/find-captures.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { type Packet, essence, readAll } from './packet.ts';
import { writePcap } from './write-pcap.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-open-'));
after(() => rmSync(folder, { recursive: true }));

const packets: Packet[] = Array.from({ length: 40 }, (_, i) => ({
  seconds: 1_700_000_000 + i,
  nanos: 0,
  wireLen: 60,
  bytes: new Uint8Array(60).fill(i),
}));
const file = writePcap(packets);

function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('a file is read, counted and hashed as given', async () => {
  for (const [name, bytes] of [
    ['plain.pcap', file],
    ['packed.pcap.gz', gzipSync(file)],
  ] as const) {
    const source = openCaptures([write(name, bytes)]);
    assert.deepEqual(essence(await readAll(source)), essence(packets));
    const [info] = source.inputs;
    assert.equal(info!.bytes, bytes.length);
    assert.equal(info!.totalBytes, bytes.length);
    assert.equal(info!.sha256, createHash('sha256').update(bytes).digest('hex'));
  }
});

test('the digest covers what lies behind damage, and is left out when asked to', async () => {
  const bytes = Buffer.concat([file, Buffer.alloc(3_000_000, 0xee)]);
  const path = write('tail.pcap', bytes);
  const source = openCaptures([path], { chunkSize: 10_000 });
  await readAll(source);
  assert.equal(source.inputs[0]!.sha256, createHash('sha256').update(bytes).digest('hex'));
  const unhashed = openCaptures([path], { noHash: true });
  await readAll(unhashed);
  assert.equal(unhashed.inputs[0]!.sha256, '');
});

test('what cannot be read is told in one line', async () => {
  const cases: readonly (readonly [path: string, code: string, message: RegExp])[] = [
    [join(folder, 'nowhere.pcap'), 'INPUT_NOT_FOUND', /nowhere\.pcap does not exist/],
    [write('empty.pcap', ''), 'INPUT_EMPTY', /empty\.pcap is empty/],
    [write('text.pcap', 'hello world\n'), 'INPUT_NOT_A_CAPTURE', /looks like text/],
    [write('short.pcap', Uint8Array.of(0xd4, 0xc3)), 'INPUT_NOT_A_CAPTURE', /short\.pcap is not a capture/],
    [write('page.html', '<!DOCTYPE html><html>'), 'INPUT_NOT_A_CAPTURE', /looks like HTML/],
    [write('report.json', '{"schemaVersion": 1}'), 'INPUT_NOT_A_CAPTURE', /looks like JSON/],
    [folder, 'INPUT_UNREADABLE', /is a directory/],
  ];
  for (const [path, code, message] of cases) {
    await assert.rejects(readAll(openCaptures([path])), (error: Error & { code?: string }) => {
      assert.equal(error.name, 'LanscopeError');
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  }
});

test('the one bad file among several is named before any packet is given', async () => {
  const good = write('good.pcap', file);
  const bad = write('bad.pcap', 'not a capture');
  const source = openCaptures([good, bad]);
  await assert.rejects(source[Symbol.asyncIterator]().next(), {
    code: 'INPUT_NOT_A_CAPTURE',
    message: /bad\.pcap/,
  });
});

test(
  'a file without read permission',
  { skip: process.getuid?.() === 0 ? 'root may read everything' : false },
  async () => {
    const path = write('secret.pcap', file);
    chmodSync(path, 0);
    await assert.rejects(readAll(openCaptures([path])), { code: 'INPUT_UNREADABLE' });
  },
);

test('closing ends the iteration, twice is once', async () => {
  const source = openMemory(file, { batchSize: 4 });
  let batches = 0;
  for await (const batch of source) {
    assert.ok(batch.count > 0);
    if (++batches === 3) await source.close();
  }
  await source.close();
  assert.equal(batches, 3);
});

test('timers get a turn while a long file is read', async () => {
  const long = write(
    'long.pcap',
    Buffer.concat([file, ...Array.from({ length: 8000 }, () => file.subarray(24))]),
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for await (const batch of openCaptures([long])) assert.ok(batch.count > 0);
  clearInterval(timer);
  assert.ok(turns > 0);
});

const READ_STDIN = `
  import { openCaptures } from ${JSON.stringify(new URL('../../src/capture/open.ts', import.meta.url).href)};
  const source = openCaptures(['-']);
  process.on('SIGINT', () => void source.close());
  for await (const batch of source) process.stdout.write('batch ' + (batch.count - batch.start) + '\\n');
  process.stdout.write('end ' + source.inputs[0].packets + ' ' + (source.inputs[0].damage?.reason ?? 'sound') + '\\n');
`;
const STDIN_ARGS = ['--import', 'tsx', '--input-type=module', '--eval', READ_STDIN];

/** Runs the reader of standard input and lets a test wait for what it prints. */
function readStdin(): { child: ReturnType<typeof spawn>; printed: (pattern: RegExp) => Promise<string> } {
  const child = spawn(process.execPath, STDIN_ARGS, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  let check = (): void => undefined;
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    check();
  });
  return {
    child,
    printed: (pattern) =>
      new Promise((resolve) => {
        check = () => {
          if (pattern.test(output)) resolve(output);
        };
        check();
      }),
  };
}

test('standard input is analyzed while the pipe is open, and closing gives what there was', async () => {
  const { child, printed } = readStdin();
  child.stdin!.write(file.subarray(0, 24 + 76 * 10 + 5));
  await printed(/batch/);
  child.stdin!.write(file.subarray(24 + 76 * 10 + 5, 24 + 76 * 20));
  await printed(/batch \d+\n(.*\n)*batch/);
  child.kill('SIGINT');
  const output = await printed(/end/);
  assert.match(output, /end 20 sound/);
  child.stdin!.destroy();
});

test('standard input that ends in a record gives what was complete', async () => {
  const { child, printed } = readStdin();
  child.stdin!.end(file.subarray(0, file.length - 10));
  assert.match(await printed(/end/), /end 39 the last record is cut/);
});

test('standard input from a file', () => {
  const fd = openSync(write('stdin.pcap', file), 'r');
  const result = spawnSync(process.execPath, STDIN_ARGS, {
    stdio: [fd, 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  assert.match(result.stdout, /end 40 sound/);
});

test('folders and patterns are captures by content; names are taken as they are', async () => {
  const root = join(folder, 'tree');
  mkdirSync(join(root, 'b', 'deep'), { recursive: true });
  mkdirSync(join(root, '.hidden'));
  const paths = ['a.pcap', 'b/capture.without-suffix', 'b/deep/c.gz', 'note.txt', '.hidden/d.pcap'];
  const contents = [file, file, gzipSync(file), Buffer.from('text'), file];
  for (const [i, path] of paths.entries()) writeFileSync(join(root, path), contents[i]!);
  symlinkSync(root, join(root, 'b', 'circle'));
  const inRoot = (names: readonly string[]): string[] => names.map((name) => join(root, name));

  const all = inRoot(['a.pcap', 'b/capture.without-suffix', 'b/deep/c.gz']);
  assert.deepEqual(await findCaptures([root]), all);
  assert.deepEqual(await findCaptures([join(root, '**', '*')]), all);
  assert.deepEqual(await findCaptures([join(root, '*.[op]cap')]), inRoot(['a.pcap']));
  assert.deepEqual(await findCaptures([join(root, '{a,b/capture}{.pcap,.with*}')]), all.slice(0, 2));
  assert.deepEqual(await findCaptures([join(root, '[!b]*')]), inRoot(['a.pcap']));
  assert.deepEqual(await findCaptures([join(root, 'b', '?apture*')]), inRoot(['b/capture.without-suffix']));
  assert.deepEqual(await findCaptures([join(root, 'note.txt'), '-', root]), [
    join(root, 'note.txt'),
    '-',
    ...all,
  ]);
  await assert.rejects(findCaptures([join(root, '*.txt')]), { code: 'INPUT_NO_CAPTURES' });
  await assert.rejects(findCaptures([join(root, 'x*')]), { code: 'INPUT_NOT_FOUND' });
  await assert.rejects(findCaptures([join(root, 'nowhere')]), { code: 'INPUT_NOT_FOUND' });
  mkdirSync(join(root, 'empty'));
  await assert.rejects(findCaptures([join(root, 'empty')]), { code: 'INPUT_NO_CAPTURES' });
});
