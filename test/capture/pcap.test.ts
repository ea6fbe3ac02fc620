import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import pcapParser from 'pcap-parser';
import { openMemory } from '../../src/capture/memory.ts';
import { type Packet, SIZES, essence, packetArbitrary, readAll } from './packet.ts';
import { type PcapVariant, writePcap, writeSnoop } from './write-pcap.ts';

const VARIANTS: readonly (PcapVariant & { readonly name: string })[] = [
  { name: 'microseconds, little-endian' },
  { name: 'microseconds, big-endian', littleEndian: false },
  { name: 'nanoseconds, little-endian', nanoseconds: true },
  { name: 'nanoseconds, big-endian', nanoseconds: true, littleEndian: false },
  { name: 'version 2.2 with swapped lengths', version: [2, 2], swappedLengths: true },
  { name: 'version 2.3 with swapped lengths', version: [2, 3], swappedLengths: true },
  { name: 'version 2.3 without swapped lengths', version: [2, 3], littleEndian: false },
  { name: 'version 543.0 with swapped lengths', version: [543, 0], swappedLengths: true },
  { name: 'modified, magic a1b2cd34', magic: 0xa1b2cd34, extraBytes: 8 },
  { name: 'modified, big-endian', magic: 0xa1b2cd34, extraBytes: 8, littleEndian: false },
];

for (const variant of VARIANTS) {
  test(`what was written is read back: ${variant.name}`, async () => {
    const packets = fc.array(packetArbitrary(variant.nanoseconds ? 1 : 1000), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(packets, fc.constantFrom(...SIZES), async (written, sizes) => {
        const source = openMemory(writePcap(written, variant), sizes);
        const read = await readAll(source);
        assert.deepEqual(essence(read), essence(written));
        assert.deepEqual(
          read.map((p) => p.number),
          written.map((_, i) => i + 1),
        );
        const [info] = source.inputs;
        assert.equal(info!.format, 'pcap');
        assert.equal(info!.packets, written.length);
        assert.equal(info!.timeDigits, variant.nanoseconds ? 9 : 6);
        assert.equal(info!.damage, null);
      }),
      { numRuns: 60 },
    );
  });
}

/** Frames whose bytes cannot be mistaken for lengths, as in real captures of the patched libpcaps. */
function framesOf(count: number): Packet[] {
  return Array.from({ length: count }, (_, i) => ({
    seconds: 1_000_000_000 + i,
    nanos: 5000,
    wireLen: 60,
    bytes: new Uint8Array(60).fill(0x40 + i),
  }));
}

for (const [name, variant] of [
  ['the 1999 patch that kept the magic number', { extraBytes: 8 }],
  ['Nokia firewalls', { extraBytes: 4 }],
  ['the modified form with 28-byte headers', { magic: 0xa1b2cd34, extraBytes: 12 }],
] as const) {
  test(`longer record headers are told from the records: ${name}`, async () => {
    for (const sizes of SIZES) {
      const packets = framesOf(5);
      const source = openMemory(writePcap(packets, variant), sizes);
      assert.deepEqual(essence(await readAll(source)), essence(packets));
      assert.equal(source.inputs[0]!.damage, null);
    }
  });
}

test('snoop is read back, with its drops', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packetArbitrary(1000), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(...SIZES),
      async (written, sizes) => {
        const source = openMemory(writeSnoop(written, 7), sizes);
        const read = await readAll(source);
        assert.deepEqual(essence(read), essence(written));
        assert.ok(read.every((p) => p.linkType === 1));
        assert.equal(source.inputs[0]!.interfaces[0]!.drops, 7);
        assert.equal(source.inputs[0]!.damage, null);
      },
    ),
    { numRuns: 60 },
  );
});

test('pcap-parser reads the same packets from classic microsecond pcap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packetArbitrary(1000), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (written, littleEndian) => {
        const file = writePcap(written, { littleEndian });
        const theirs = await readWithPcapParser(file);
        const ours = await readAll(openMemory(file));
        assert.deepEqual(essence(ours), essence(theirs));
      },
    ),
    { numRuns: 40 },
  );
});

function readWithPcapParser(file: Uint8Array): Promise<Packet[]> {
  return new Promise((resolve, reject) => {
    const packets: Packet[] = [];
    pcapParser
      .parse(Readable.from([Buffer.from(file)]))
      .on('packet', (packet) => {
        const { header, data } = packet;
        packets.push({
          seconds: header.timestampSeconds,
          nanos: header.timestampMicroseconds * 1000,
          wireLen: header.originalLength,
          bytes: Uint8Array.from(data),
        });
      })
      .on('error', reject)
      .on('end', () => resolve(packets));
  });
}

test('a fraction beyond one second carries, and the original length is at least the captured one', async () => {
  const [read] = await readAll(
    openMemory(writePcap([{ seconds: 10, nanos: 2_500_000_000, wireLen: 1, bytes: new Uint8Array(4) }])),
  );
  assert.equal(read!.seconds, 12);
  assert.equal(read!.nanos, 500_000_000);
  assert.equal(read!.wireLen, 4);
});

test('the frame check bits of the link type are left out, and unknown link types are not damage', async () => {
  const frame = { seconds: 1, nanos: 0, wireLen: 4, bytes: new Uint8Array(4) };
  for (const [network, expected] of [
    [0x5400_0001, 1],
    [9999, 9999],
    [0x0123_4567, 0xffff],
  ] as const) {
    const source = openMemory(writePcap([frame], { linkType: network }));
    const read = await readAll(source);
    assert.equal(read[0]!.linkType, expected);
    assert.equal(source.inputs[0]!.damage, null);
  }
});

test('frames of USB and D-Bus captures may be longer than those of networks', async () => {
  const frame = { seconds: 1, nanos: 0, wireLen: 900_000, bytes: new Uint8Array(900_000) };
  const read = await readAll(openMemory(writePcap([frame, frame], { linkType: 231 })));
  assert.deepEqual(
    read.map((p) => p.bytes.length),
    [900_000, 900_000],
  );
});
