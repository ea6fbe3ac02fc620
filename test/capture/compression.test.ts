import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  COMPRESSIONS,
  FREE_EXPANSION_BYTES,
  probeCompression,
  unpack,
} from '../../src/capture/compression/containers.ts';
import { memoryStream } from '../../src/capture/byte-stream.ts';
import { DamageLog } from '../../src/capture/damage.ts';
import { inputsSource } from '../../src/capture/inputs-source.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { pipeStream } from '../../src/capture/pipe-stream.ts';
import { newSourceInfo } from '../../src/capture/source.ts';
import { essence, readAll } from './packet.ts';

const FOLDER = new URL('containers/', import.meta.url);
const plain = new Uint8Array(readFileSync(new URL('plain.pcap', FOLDER)));
const expected = essence(await readAll(openMemory(plain)));

const HALF = 70_000;
const FILES = new Map<string, Uint8Array>([
  ['plain.pcap.gz', gzipSync(plain)],
  ['two-members.pcap.gz', Buffer.concat([gzipSync(plain.subarray(0, HALF)), gzipSync(plain.subarray(HALF))])],
]);
for (const name of readdirSync(FOLDER).filter((file) => /\.(zst|xz|bz2|lz4)$/.test(file))) {
  FILES.set(name, new Uint8Array(readFileSync(new URL(name, FOLDER))));
}

test('every container that is unpacked has a file here', () => {
  const seen = new Set([...FILES.values()].map((bytes) => probeCompression(bytes, 0, bytes.length)?.name));
  assert.deepEqual([...seen].sort(), COMPRESSIONS.map((c) => c.name).sort());
});

for (const [name, bytes] of FILES) {
  test(`${name} holds the same packets`, async () => {
    for (const sizes of [{}, { chunkSize: 100 }, { chunkSize: 1, batchSize: 1 }]) {
      const source = openMemory(bytes, sizes);
      assert.deepEqual(essence(await readAll(source)), expected);
      const [info] = source.inputs;
      assert.match(info!.format, /^pcap\+(gzip|zstd|xz|lz4|bzip2)$/);
      assert.equal(info!.bytes, bytes.length);
      assert.equal(info!.damage, null);
    }
  });

  test(`${name}, cut anywhere, gives a beginning of the packets`, async () => {
    let longest = 0;
    for (let length = 64; length < bytes.length; length += 4099) {
      const source = openMemory(bytes.subarray(0, length));
      const read = essence(await readAll(source).catch(() => []));
      assert.deepEqual(read, expected.slice(0, read.length));
      longest = Math.max(longest, read.length);
    }
    // A bzip2 block is all or nothing.
    assert.ok(longest > 500 || name === 'plain.pcap.bz2', 'too little of a cut container was read');
  });

  test(`${name}, damaged, neither throws nor hangs`, async () => {
    const place = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
        const copy = bytes.slice();
        for (const { at, value } of places) copy[at] = value;
        const read = await readAll(openMemory(copy, { noHash: true })).catch((error: Error) => {
          assert.equal(error.name, 'LanscopeError');
          return [];
        });
        assert.ok(read.length <= 20 * expected.length);
      }),
      { numRuns: 8 },
    );
  });
}

test('a damaged gzip gives everything before the damage', async () => {
  const packed = gzipSync(plain);
  for (const share of [0.3, 0.6, 0.9]) {
    const at = Math.floor(packed.length * share);
    const bytes = packed.slice();
    bytes.fill(0xff, at, at + 40);
    const before = gunzipSync(packed.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH });
    const sound = essence(await readAll(openMemory(before)));
    assert.ok(sound.length > 100);
    for (const file of [bytes, gzipSync(bytes)]) {
      const source = openMemory(file);
      const read = essence(await readAll(source));
      assert.deepEqual(read.slice(0, sound.length), sound);
      assert.ok(source.inputs[0]!.damage);
      assert.equal(source.inputs[0]!.bytes, file.length);
    }
  }
});

test('what is left of a damaged archive counts as lost', async () => {
  const rest = Buffer.alloc(1_000_000, 0xff);
  const bytes = Buffer.concat([gzipSync(plain), Buffer.from('1f8b08', 'hex'), Buffer.alloc(40, 0xff), rest]);
  const source = openMemory(bytes, { chunkSize: 4096 });
  assert.deepEqual(essence(await readAll(source)), expected);
  const { offset, bytesLost } = source.inputs[0]!.damage!;
  assert.equal(offset, plain.length);
  assert.ok(bytesLost > rest.length - 128 * 1024 && bytesLost <= rest.length);
});

test('a damaged gzip on a pipe loses no more than one piece', async () => {
  const packed = gzipSync(plain);
  const at = Math.floor(packed.length * 0.9);
  const bytes = packed.slice();
  bytes.fill(0xff, at, at + 40);
  const sound = gunzipSync(packed.subarray(0, at), { finishFlush: constants.Z_SYNC_FLUSH });
  const pipe = pipeStream(Readable.from([bytes.subarray(0, 50_000), bytes.subarray(50_000)]));
  const piped = await readAll(inputsSource([newSourceInfo('-')], [() => pipe], {}));
  const kept = piped.reduce((sum, packet) => sum + 16 + packet.bytes.length, 0);
  assert.ok(kept > sound.length - 2 * 64 * 1024 && kept <= plain.length);
});

test('containers within containers are unpacked, up to the bound', async () => {
  const xz = FILES.get('plain.pcap.xz')!;
  const source = openMemory(gzipSync(gzipSync(xz)));
  assert.deepEqual(essence(await readAll(source)), expected);
  assert.equal(source.inputs[0]!.format, 'pcap+xz+gzip+gzip');
  await assert.rejects(readAll(openMemory(gzipSync(gzipSync(gzipSync(xz))))), {
    code: 'INPUT_NOT_A_CAPTURE',
  });
});

test('a container of something else is told from a capture', async () => {
  await assert.rejects(readAll(openMemory(gzipSync(Buffer.from('hello\n')), {}, 'x.gz')), {
    code: 'INPUT_NOT_A_CAPTURE',
    message: 'x.gz is not a capture: it looks like gzip of text',
  });
});

test('a decompression bomb ends at the stated bound', async () => {
  const pieceBytes = 64 * 1024 * 1024;
  const piece = new Uint8Array(pieceBytes);
  let given = 0;
  const bomb = {
    name: 'bomb',
    matches: () => true,
    async *decompress() {
      for (;;) {
        given += 1000;
        yield await Promise.resolve(piece);
      }
    },
  };
  const damage = new DamageLog();
  const stream = unpack(bomb, memoryStream(new Uint8Array(0)), damage, {
    maxExpansion: 100,
    given: () => given,
  });
  let total = 0;
  for (;;) {
    const n = await stream.read(piece, 0, pieceBytes);
    if (n === 0) break;
    total += n;
  }
  assert.ok(total <= FREE_EXPANSION_BYTES + 2 * pieceBytes);
  assert.match(damage.result!.reason, /expands more than 100 times/);
});
