/** A wire in memory: datagrams of many devices as a live source that ends by itself. */
import type { LiveSource } from '../../src/capture/live/live-source.ts';
import { openMemory } from '../../src/capture/memory.ts';
import { PcapngWriter } from '../../src/capture/write/pcapng-writer.ts';
import { udpFrame } from '../packet/build-frame.ts';

/** Epoch seconds of the first packet. */
export const FIRST_SECONDS = 1_700_000_000;

/** A pcapng of so many datagrams, `gapMs` apart, each of a device of its own. */
export function wireBytes(packets: number, gapMs = 1): Uint8Array {
  const writer = new PcapngWriter(packets * 128 + 256);
  writer.section();
  writer.interface('wire0', 1, 65_535);
  for (let i = 0; i < packets; i++) {
    const frame = Buffer.from(udpFrame([40_000 + (i % 20_000), 9999], new Uint8Array(4)));
    frame.set([2, 0, 0, 0, i >> 8, i & 0xff], 6);
    writer.packet(0, (FIRST_SECONDS * 1000 + i * gapMs) * 1000, frame, frame.length, frame.length);
  }
  return Uint8Array.from(writer.bytes.subarray(0, writer.length));
}

export function liveOf(bytes: Uint8Array): LiveSource {
  const memory = openMemory(bytes);
  return Object.assign(memory, { stop: () => void memory.close() });
}
