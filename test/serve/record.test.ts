import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { PcapngWriter } from '../../src/capture/write/pcapng-writer.ts';
import { formatCount } from '../../src/bytes/count.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { runLive } from '../../src/serve/live.ts';
import { Recording } from '../../src/serve/record/recording.ts';
import { FIRST_SECONDS, liveOf, wireBytes } from './memory-wire.ts';

const root = mkdtempSync(join(tmpdir(), 'lanscope-record-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = () => {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
};
const WIRE = { linkType: 1, snapLen: 65_535, description: '', drops: -1 };

async function record(bytes: Uint8Array, options: Omit<Parameters<typeof Recording.create>[0], 'onNotice'>) {
  const notices: string[] = [];
  const recording = await Recording.create({ ...options, onNotice: (text) => notices.push(text) });
  await runLive({
    source: liveOf(bytes),
    signal: new AbortController().signal,
    recording,
    version: '0',
  });
  return notices;
}

interface Packet {
  readonly seconds: number;
  readonly nanos: number;
  readonly wireLen: number;
  readonly frame: string;
}

async function packetsOf(...paths: readonly string[]): Promise<Packet[]> {
  return packetsIn(openCaptures(paths, { noHash: true }));
}

async function packetsIn(source: AsyncIterable<PacketBatch>): Promise<Packet[]> {
  const packets: Packet[] = [];
  for await (const batch of source) {
    for (let i = batch.start; i < batch.count; i++) {
      const offset = batch.frameOffset[i]!;
      packets.push({
        seconds: batch.tsSeconds[i]!,
        nanos: batch.tsNanos[i]!,
        wireLen: batch.wireLen[i]!,
        frame: Buffer.from(batch.bytes.subarray(offset, offset + batch.capLen[i]!)).toString('hex'),
      });
    }
  }
  return packets;
}

test('a recording holds the packets of the wire, and only its owner may read it', async () => {
  const path = join(freshFolder(), 'lan.pcapng');
  const wire = wireBytes(3000);
  assert.deepEqual(await record(wire, { path }), []);
  assert.deepEqual(await packetsOf(path), await packetsIn(openMemory(wire)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('several files by size hold the same, each readable by itself', async () => {
  const folder = freshFolder();
  const wire = wireBytes(1000);
  await record(wire, { path: join(folder, 'lan.pcapng'), maxBytes: 20_000 });
  const files = readdirSync(folder).sort();
  assert.ok(files.length >= 4, files.join(' '));
  assert.match(files[0]!, /^lan_00001_20231114T221320Z\.pcapng$/);
  for (const file of files) assert.ok(statSync(join(folder, file)).size <= 20_000 + 128, file);
  const parts: Packet[] = [];
  for (const file of files) parts.push(...(await packetsOf(join(folder, file))));
  assert.deepEqual(parts, await packetsIn(openMemory(wire)));
});

test('several files by time begin at the packet after it', async () => {
  const folder = freshFolder();
  await record(wireBytes(100, 100), { path: join(folder, 'lan.pcapng'), everySeconds: 4 });
  const files = readdirSync(folder).sort();
  assert.equal(files.length, 3);
  const starts = await Promise.all(
    files.map(async (file) => (await packetsOf(join(folder, file)))[0]!.seconds),
  );
  assert.deepEqual(
    starts.map((seconds) => seconds - FIRST_SECONDS),
    [0, 4, 8],
  );
});

test('the latest files are kept, over several runs, and others are left alone', async () => {
  const folder = freshFolder();
  const path = join(folder, 'lan.pcapng');
  for (const name of ['lan_1.pcapng', 'lan_00001_notes.pcapng', 'wlan_00001_20231114T221320Z.pcapng']) {
    writeFileSync(join(folder, name), '');
  }
  const ours = () => readdirSync(folder).filter((name) => /^lan_\d{5}_\d{8}T/.test(name));
  await record(wireBytes(1000), { path, maxBytes: 20_000, keep: 2 });
  const first = ours();
  assert.equal(first.length, 2);
  await record(wireBytes(10), { path, maxBytes: 20_000, keep: 2 });
  assert.deepEqual(ours()[0], first[1], 'numbers go on');
  assert.equal(ours().length, 2);
  assert.equal(readdirSync(folder).length, 5);
});

test('times keep their nanoseconds', async () => {
  const seconds = fc.integer({ min: 0, max: 0xffff_ffff });
  const nanos = fc.integer({ min: 0, max: 999_999_999 });
  await fc.assert(
    fc.asyncProperty(seconds, nanos, async (tsSeconds, tsNanos) => {
      const batch = new PacketBatch(1);
      batch.bytes = Uint8Array.of(9, 1, 2, 3);
      batch.frameOffset[0] = 1;
      batch.capLen[0] = batch.wireLen[0] = 3;
      batch.tsSeconds[0] = tsSeconds;
      batch.tsNanos[0] = tsNanos;
      const writer = new PcapngWriter(1024);
      writer.section();
      writer.interface('eth0', 1, 0, 9);
      writer.row(batch, 0, 9);
      const read = await packetsIn(openMemory(Uint8Array.from(writer.bytes.subarray(0, writer.length))));
      assert.deepEqual(read, [{ seconds: tsSeconds, nanos: tsNanos, wireLen: 3, frame: '010203' }]);
    }),
    { numRuns: 60 },
  );
});

test('a folder that is not there is said before anything is captured', async () => {
  for (const rotated of [{}, { maxBytes: 1000 }]) {
    const path = join(root, 'nowhere', 'lan.pcapng');
    await assert.rejects(record(wireBytes(1), { path, ...rotated }), {
      code: 'OUTPUT_UNWRITABLE',
      message: `${path} cannot be written: its folder does not exist`,
    });
  }
});

/** A disk of 256 KiB. */
function smallDisk(): { readonly folder: string; remove(): void } {
  const folder = freshFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
  return { folder, remove: () => void execFileSync('umount', [folder]) };
}

function whyNoDisk(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const { status } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status !== 0 && 'needs to mount a tmpfs';
}

describe('a disk that is full', { skip: whyNoDisk() }, () => {
  test('pauses the recording, which stays readable, and the rest is analyzed', async () => {
    const disk = smallDisk();
    try {
      const path = join(disk.folder, 'lan.pcapng');
      const notices: string[] = [];
      const recording = await Recording.create({ path, onNotice: (text) => notices.push(text) });
      const report = await runLive({
        source: liveOf(wireBytes(5000)),
        signal: new AbortController().signal,
        recording,
        version: '0',
      });
      assert.equal(report.totals.packets, 5000);
      assert.deepEqual(notices, [
        `${path} cannot be written: the disk is full; recording pauses, the analysis goes on`,
      ]);
      assert.equal(recording.isPaused, true);
      const recorded = await packetsOf(path).catch(() => []);
      assert.ok(recorded.length < 5000);
    } finally {
      disk.remove();
    }
  });

  test('is used again when there is room, and what is missing is told', async () => {
    const disk = smallDisk();
    try {
      const path = join(disk.folder, 'lan.pcapng');
      const ballast = join(disk.folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(200 * 1024));
      const notices: string[] = [];
      let nowMs = 0;
      const recording = await Recording.create({
        path,
        onNotice: (text) => notices.push(text),
        now: () => nowMs,
      });
      const wire = wireBytes(300);
      const write = async (): Promise<void> => {
        const source = openMemory(wire);
        for await (const batch of source) {
          await recording.write(batch, [{ ...WIRE, name: 'wire0', timeDigits: 6 }]);
          await recording.flush();
        }
      };
      for (let i = 0; i < 5; i++) await write();
      assert.equal(recording.isPaused, true);
      const whole = (await packetsOf(path)).length;
      assert.ok(whole > 0 && whole % 300 === 0, `${whole}: nothing but whole writes`);
      rmSync(ballast);
      await write();
      assert.equal(recording.isPaused, true, 'it is not tried with every batch');
      nowMs = 6000;
      await write();
      await recording.close();
      assert.equal(notices.length, 2);
      assert.equal(
        notices[1],
        `recording goes on in ${path}; ${formatCount(1800 - whole)} packets were not recorded`,
      );
      const all = await packetsOf(path);
      assert.equal(all.length, whole + 300);
    } finally {
      disk.remove();
    }
  });
});
