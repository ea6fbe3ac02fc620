/** A packet as the tests of this room write and read it. */
import fc from 'fast-check';
import type { Source } from '../../src/capture/source.ts';

export interface Packet {
  readonly seconds: number;
  readonly nanos: number;
  readonly wireLen: number;
  readonly bytes: Uint8Array;
}

/** A packet read back, and where it came from. */
export interface ReadPacket extends Packet {
  readonly linkType: number;
  readonly interfaceId: number;
  readonly input: number;
  readonly number: number;
}

/** Everything a source gives, copied. */
export async function readAll(source: Source): Promise<ReadPacket[]> {
  const packets: ReadPacket[] = [];
  for await (const batch of source) {
    for (let i = batch.start; i < batch.count; i++) {
      const at = batch.frameOffset[i]!;
      packets.push({
        seconds: batch.tsSeconds[i]!,
        nanos: batch.tsNanos[i]!,
        wireLen: batch.wireLen[i]!,
        bytes: batch.bytes.slice(at, at + batch.capLen[i]!),
        linkType: batch.linkType[i]!,
        interfaceId: batch.interfaceId[i]!,
        input: batch.input,
        number: batch.packetNumber(i),
      });
    }
  }
  return packets;
}

/** The parts of packets that every format keeps, in a form that compares well. */
export function essence(packets: readonly Packet[]): string[] {
  return packets.map((p) => `${p.seconds}.${p.nanos} ${p.wireLen} ${Buffer.from(p.bytes).toString('hex')}`);
}

/** Packets with times in whole `nanosPerUnit`. */
export function packetArbitrary(nanosPerUnit: number, maxBytes = 200): fc.Arbitrary<Packet> {
  return fc
    .record({
      seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
      units: fc.integer({ min: 0, max: 1_000_000_000 / nanosPerUnit - 1 }),
      more: fc.integer({ min: 0, max: 1500 }),
      bytes: fc.uint8Array({ maxLength: maxBytes }),
    })
    .map(({ seconds, units, more, bytes }) => ({
      seconds,
      nanos: units * nanosPerUnit,
      wireLen: bytes.length + more,
      bytes,
    }));
}

/** Chunk and batch sizes that no result may depend on. */
export const SIZES = [
  { chunkSize: 1, batchSize: 1 },
  { chunkSize: 1, batchSize: 4096 },
  { chunkSize: 100, batchSize: 3 },
  { chunkSize: 100, batchSize: 4096 },
  {},
] as const;
