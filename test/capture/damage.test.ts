import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { type Packet, SIZES, essence, packetArbitrary, readAll } from './packet.ts';
import { writePcap, writeSnoop } from './write-pcap.ts';
import { PcapngWriter, text } from './write-pcapng.ts';

/** Packets of one stretch of time with contents that look like nothing. */
function stretch(count: number, bytes = 70): Packet[] {
  return Array.from({ length: count }, (_, i) => ({
    seconds: 1_600_000_000 + i,
    nanos: 1000 * i,
    wireLen: bytes + 10,
    bytes: Uint8Array.from({ length: bytes }, (_, k) => (k * 37 + i * 11) & 0xff),
  }));
}

function pcapng(packets: readonly Packet[]): { bytes: Uint8Array; ends: number[]; starts: number[] } {
  const writer = new PcapngWriter().section([text(1, 'x')]).interface(1, 0);
  const ends: number[] = [];
  const starts: number[] = [];
  for (const p of packets) {
    starts.push(writer.length);
    writer.enhancedPacket(0, BigInt(p.seconds) * 1_000_000n + BigInt(p.nanos / 1000), p.bytes, p.wireLen);
    ends.push(writer.length);
  }
  return { bytes: writer.bytes, ends, starts };
}

const packets = stretch(9);
const FORMATS = [
  { name: 'pcap', bytes: writePcap(packets), ends: packets.map((_, i) => 24 + (i + 1) * 86) },
  {
    name: 'pcap, big-endian nanoseconds',
    bytes: writePcap(packets, { littleEndian: false, nanoseconds: true }),
    ends: packets.map((_, i) => 24 + (i + 1) * 86),
  },
  { name: 'snoop', bytes: writeSnoop(packets), ends: packets.map((_, i) => 16 + i * 96 + 94) },
  { name: 'pcapng', ...pcapng(packets) },
];

for (const { name, bytes, ends } of FORMATS) {
  test(`${name}: truncation at any offset loses no packet that was complete`, async () => {
    for (let length = 16; length < bytes.length; length++) {
      const complete = ends.filter((end) => end <= length).length;
      for (const sizes of [{ chunkSize: 7, batchSize: 2 }, {}]) {
        const source = openMemory(bytes.subarray(0, length), sizes);
        assert.deepEqual(essence(await readAll(source)), essence(packets.slice(0, complete)));
        const { damage } = source.inputs[0]!;
        if (damage) assert.equal(damage.offset + damage.bytesLost, length);
      }
    }
  });

  test(`${name}: damaged bytes never throw, and the result does not depend on chunks or batches`, async () => {
    const place = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 6 }), async (places) => {
        const copy = bytes.slice();
        for (const { at, value } of places) if (at >= 16) copy[at] = value;
        let first: unknown;
        for (const sizes of [SIZES[0], SIZES[2], {}]) {
          const source = openMemory(copy, sizes);
          const result = [
            essence(await readAll(source)),
            source.inputs[0]!.damage,
            source.inputs[0]!.comments,
          ];
          first ??= result;
          assert.deepEqual(result, first);
        }
      }),
      { numRuns: 80 },
    );
  });
}

test('garbage behind a magic number never throws, whatever the chunks', async () => {
  const heads = FORMATS.map((f) => f.bytes.slice(0, f.name === 'pcapng' ? 60 : 24));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 3000 }), async (head, garbage) => {
      const file = Uint8Array.from(Buffer.concat([head, garbage]));
      const results = [];
      for (const sizes of [SIZES[2], {}]) {
        const source = openMemory(file, sizes);
        results.push([essence(await readAll(source)), source.inputs[0]!.damage]);
      }
      assert.deepEqual(results[0], results[1]);
    }),
    { numRuns: 100 },
  );
});

/** Reads at all sizes and gives the (same) result. */
async function readDamaged(bytes: Uint8Array): Promise<{ read: string[]; damage: unknown }> {
  const results = [];
  for (const sizes of SIZES) {
    const source = openMemory(bytes, sizes);
    results.push({ read: essence(await readAll(source)), damage: source.inputs[0]!.damage });
  }
  for (const result of results) assert.deepEqual(result, results[0]);
  return results[0]!;
}

test('pcap: a captured length that is impossible costs one packet', async () => {
  const many = stretch(20);
  const file = writePcap(many);
  new DataView(file.buffer).setUint32(24 + 5 * 86 + 8, 0x7fff_ffff, true);
  const { read, damage } = await readDamaged(file);
  assert.deepEqual(read, essence([...many.slice(0, 5), ...many.slice(6)]));
  assert.deepEqual(damage, {
    offset: 24 + 5 * 86,
    reason: 'record with an impossible length',
    bytesLost: 86,
    resynchronised: 1,
  });
});

test('pcap: a captured length that is too long swallows nothing behind it', async () => {
  const many = stretch(20);
  const file = writePcap(many);
  // Ends in the middle of a later record: what follows there cannot be a record header.
  new DataView(file.buffer).setUint32(24 + 5 * 86 + 8, 70 + 86 * 3 + 33, true);
  const { read } = await readDamaged(file);
  assert.deepEqual(read.slice(0, 5), essence(many.slice(0, 5)));
  assert.deepEqual(read.slice(6), essence(many.slice(6)));
});

test('pcap: garbage between records, in several places, is skipped and added up', async () => {
  const many = stretch(30);
  const file = Buffer.from(writePcap(many));
  const garbage = Buffer.alloc(333, 0xee);
  const cut = (n: number): number => 24 + n * 86;
  const bytes = Uint8Array.from(
    Buffer.concat([
      file.subarray(0, cut(7)),
      garbage,
      file.subarray(cut(7), cut(20)),
      garbage,
      file.subarray(cut(20)),
    ]),
  );
  const { read, damage } = await readDamaged(bytes);
  assert.deepEqual(read, essence(many));
  assert.deepEqual(damage, {
    offset: cut(7),
    reason: 'record with an impossible length',
    bytesLost: 666,
    resynchronised: 2,
  });
});

test('pcap: a tail of zeros is not taken for packets without end', async () => {
  const many = stretch(5);
  const bytes = Uint8Array.from(Buffer.concat([writePcap(many), Buffer.alloc(64 * 1024)]));
  const { read, damage } = await readDamaged(bytes);
  assert.deepEqual(read.slice(0, 5), essence(many));
  assert.ok(read.length <= 5 + 1000);
  assert.equal((damage as { reason: string }).reason, 'record headers of zeros');
});

test('pcapng: a block with lengths that differ, and garbage, cost only themselves', async () => {
  const many = stretch(20);
  const { bytes, starts } = pcapng(many);
  const at = starts[6]!;
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at + 4, 44, true);
  const { read, damage } = await readDamaged(copy);
  assert.deepEqual(read, essence([...many.slice(0, 6), ...many.slice(7)]));
  assert.deepEqual(damage, {
    offset: at,
    reason: 'block with an impossible length',
    bytesLost: starts[7]! - at,
    resynchronised: 1,
  });

  const garbage = Buffer.alloc(101, 0xee);
  const mixed = Uint8Array.from(Buffer.concat([bytes.subarray(0, at), garbage, bytes.subarray(at)]));
  const second = await readDamaged(mixed);
  assert.deepEqual(second.read, essence(many));
  assert.equal((second.damage as { bytesLost: number }).bytesLost, 101);
});

test('pcapng: a packet longer than its block gives what the block holds', async () => {
  const [packet] = stretch(1);
  const { bytes, starts } = pcapng([packet!]);
  new DataView(bytes.buffer).setUint32(starts[0]! + 20, 5000, true);
  const source = openMemory(bytes);
  const read = await readAll(source);
  assert.equal(read[0]!.bytes.length, 72);
  assert.equal(source.inputs[0]!.damage!.reason, 'packet longer than its block');
});

test('batches that are kept are found out by poison', async () => {
  process.env['LANSCOPE_POISON'] = '1';
  try {
    const arbitrary = fc.array(packetArbitrary(1000), { minLength: 3, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.constantFrom(...SIZES), async (written, sizes) => {
        assert.deepEqual(essence(await readAll(openMemory(writePcap(written), sizes))), essence(written));
      }),
      { numRuns: 30 },
    );
    const source = openMemory(writePcap(stretch(3)), { batchSize: 1 });
    const iterator = source[Symbol.asyncIterator]();
    const first = await iterator.next();
    const batch: unknown = first.value;
    assert.ok(batch instanceof PacketBatch);
    const at = batch.frameOffset[0]!;
    const kept = batch.bytes.subarray(at, at + 70);
    assert.notEqual(kept[5], 0xa5);
    // The last record of a batch stays in the window for one more pull.
    await iterator.next();
    await iterator.next();
    assert.ok(kept.every((byte) => byte === 0xa5));
  } finally {
    delete process.env['LANSCOPE_POISON'];
  }
});
