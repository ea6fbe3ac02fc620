import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import { type Packet, SIZES, readAll } from './packet.ts';
import { writePcap } from './write-pcap.ts';

/** Few different times, so that ties are common; in no order, as in captures of several queues. */
const packet: fc.Arbitrary<Packet> = fc
  .record({ seconds: fc.nat(5), micros: fc.nat(2), byte: fc.nat(255) })
  .map(({ seconds, micros, byte }) => ({
    seconds,
    nanos: micros * 1000,
    wireLen: 20,
    bytes: new Uint8Array(20).fill(byte),
  }));

/** What a merge is, said plainly: again and again, the earliest next packet of all inputs, the first input winning ties. */
function mergePlainly(captures: readonly (readonly Packet[])[]): string[] {
  const next = captures.map(() => 0);
  const merged: string[] = [];
  for (;;) {
    let best = -1;
    for (const [input, packets] of captures.entries()) {
      const head = packets[next[input]!];
      const other = best < 0 ? undefined : captures[best]![next[best]!];
      if (
        head &&
        (!other ||
          head.seconds < other.seconds ||
          (head.seconds === other.seconds && head.nanos < other.nanos))
      )
        best = input;
    }
    if (best < 0) return merged;
    const at = next[best]!++;
    merged.push(describe(best, at + 1, captures[best]![at]!));
  }
}

function describe(input: number, number: number, p: Packet): string {
  return `${input}#${number} ${p.seconds}.${p.nanos} ${p.bytes[0]}`;
}

test('several captures are one in time order, numbered each by itself', async () => {
  const captures = fc.array(fc.array(packet, { maxLength: 12 }), { minLength: 2, maxLength: 6 });
  process.env['LANSCOPE_POISON'] = '1';
  try {
    await fc.assert(
      fc.asyncProperty(captures, fc.constantFrom(...SIZES), async (lists, sizes) => {
        const source = openMemory(
          lists.map((list) => writePcap(list)),
          sizes,
        );
        const read = await readAll(source);
        assert.deepEqual(
          read.map((p) => describe(p.input, p.number, p)),
          mergePlainly(lists),
        );
        assert.deepEqual(
          source.inputs.map((info) => info.packets),
          lists.map((list) => list.length),
        );
      }),
      { numRuns: 150 },
    );
  } finally {
    delete process.env['LANSCOPE_POISON'];
  }
});

test('captures that do not overlap are handed out in whole batches', async () => {
  const captures = [200, 0, 100].map((seconds) =>
    writePcap(
      Array.from({ length: 50 }, (_, i) => ({
        seconds: seconds + i,
        nanos: 0,
        wireLen: 1,
        bytes: new Uint8Array(1),
      })),
    ),
  );
  const counts: number[] = [];
  const order: number[] = [];
  for await (const batch of openMemory(captures)) {
    counts.push(batch.count - batch.start);
    order.push(batch.input);
  }
  assert.deepEqual(counts, [50, 50, 50]);
  assert.deepEqual(order, [1, 2, 0]);
});
