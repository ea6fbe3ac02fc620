import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../../src/capture/memory.ts';
import { PcapngWriter } from '../../../src/capture/write/pcapng-writer.ts';

const packet = fc.record({
  interfaceId: fc.nat(1),
  // Until the seconds of a column end, in 2106.
  micros: fc.integer({ min: 0, max: 2 ** 32 * 1_000_000 - 1 }),
  frame: fc.uint8Array({ maxLength: 300 }),
  cut: fc.nat(1000),
});

test('what is written is read again, whole, over several sections', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(packet, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      async (sections, name) => {
        const writer = new PcapngWriter(16_384);
        for (const packets of sections) {
          writer.section();
          writer.interface(name, 1, 65_535);
          writer.interface('other', 113, 96);
          for (const { interfaceId, micros, frame, cut } of packets) {
            assert.ok(writer.fits(frame.length));
            writer.packet(interfaceId, micros, Buffer.from(frame), frame.length, frame.length + cut);
          }
        }
        const source = openMemory(Uint8Array.from(writer.bytes.subarray(0, writer.length)));
        const read: object[] = [];
        for await (const batch of source) {
          for (let i = batch.start; i < batch.count; i++) {
            const at = batch.frameOffset[i]!;
            read.push({
              interfaceId: batch.interfaceId[i],
              linkType: batch.linkType[i],
              micros: batch.tsSeconds[i]! * 1_000_000 + batch.tsNanos[i]! / 1000,
              frame: [...batch.bytes.subarray(at, at + batch.capLen[i]!)],
              wireLen: batch.wireLen[i],
            });
          }
        }
        const written = sections.flatMap((packets, section) =>
          packets.map(({ interfaceId, micros, frame, cut }) => ({
            interfaceId: section * 2 + interfaceId,
            linkType: interfaceId === 0 ? 1 : 113,
            micros,
            frame: [...frame],
            wireLen: frame.length + cut,
          })),
        );
        assert.deepEqual(read, written);
        assert.equal(source.inputs[0]!.damage, null);
        assert.equal(source.inputs[0]!.interfaces.length, sections.length * 2);
      },
    ),
    { numRuns: 200 },
  );
});

test('a packet fits exactly until its block would pass the end of the buffer', () => {
  const writer = new PcapngWriter(128);
  assert.equal(writer.fits(96), true);
  assert.equal(writer.fits(97), false);
  writer.packet(0, 1, Buffer.alloc(60), 60, 60);
  assert.equal(writer.length, 92);
  assert.equal(writer.fits(4), true);
  assert.equal(writer.fits(5), false);
});
