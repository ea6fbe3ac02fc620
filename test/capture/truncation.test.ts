/** A recorded capture cut at any byte, in every format and compression: no packet that was complete is lost. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { openMemory } from '../../src/capture/memory.ts';
import { findCases } from '../../src/harness/case.ts';
import { type ReadPacket, essence, readAll } from './packet.ts';

const corpus = join(import.meta.dirname, '../../corpus');
const SAMPLES = 150;

async function read(bytes: Uint8Array): Promise<string[]> {
  return essence(await readAll(openMemory(bytes, { noHash: true })));
}

/** Offset behind each packet's record: where the packet's bytes end, found in the file itself. */
function endsOf(bytes: Uint8Array, packets: readonly ReadPacket[]): number[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  return packets.map((packet) => {
    const found = file.indexOf(packet.bytes, at);
    assert.ok(found >= 0);
    at = found + packet.bytes.length;
    return at;
  });
}

/** A patched writer that kept the usual magic number is known by its first records, so those have to be there. */
const SHORTEST: Readonly<Record<string, number>> = { 'pcap-modified-usual-magic': 1000 };

/** Bytes that a block may have behind a packet before it is whole: padding, options, the second length. */
const MAX_BLOCK_TRAILER = 64;

const plainCases = findCases(join(corpus, 'formats')).filter(
  ({ name, capture }) => /\.(pcap|pcapng|snoop)$/.test(capture) && !name.startsWith('damaged-'),
);
describe('cut captures', () => {
  for (const { name, capture } of [
    ...plainCases,
    { name: 'home-lan', capture: join(corpus, 'home-lan/capture.pcapng') },
  ]) {
    test(name, async () => {
      const bytes = new Uint8Array(readFileSync(capture));
      const packets = await readAll(openMemory(bytes));
      const all = essence(packets);
      const ends = endsOf(bytes, packets);
      const trailer = capture.endsWith('.pcapng') ? MAX_BLOCK_TRAILER : 0;
      const step = Math.max(1, Math.floor(bytes.length / SAMPLES));
      for (let length = SHORTEST[name] ?? 32; length < bytes.length; length += step) {
        const found = await read(bytes.subarray(0, length));
        assert.deepEqual(found, all.slice(0, found.length), `cut at ${length}`);
        const complete = ends.filter((end) => end + trailer <= length).length;
        assert.ok(found.length >= complete, `cut at ${length}: ${found.length} of ${complete}`);
      }
    });
  }
});

const classic = new Uint8Array(readFileSync(join(corpus, 'formats/pcap/capture.pcap')));

describe('cut containers', () => {
  for (const { name, capture } of findCases(join(corpus, 'formats'))) {
    if (!/\.(gz|zst|xz|lz4|bz2)$/.test(capture) || name.startsWith('damaged-')) continue;
    test(name, async () => {
      const bytes = new Uint8Array(readFileSync(capture));
      const all = await read(bytes);
      let before = 0;
      for (let length = 100; length < bytes.length; length += 1 + Math.floor(bytes.length / SAMPLES)) {
        const found = await read(bytes.subarray(0, length)).catch(() => []);
        assert.deepEqual(found, all.slice(0, found.length));
        assert.ok(found.length >= before, 'a longer beginning holds no less');
        before = found.length;
      }
    });
  }

  test('a cut gzip gives every packet that zlib itself can give', async () => {
    const packed = gzipSync(classic);
    for (let length = 60; length < packed.length; length += 11) {
      const piece = packed.subarray(0, length);
      const inflated = gunzipSync(piece, { finishFlush: constants.Z_SYNC_FLUSH });
      if (inflated.length < 24) continue;
      assert.deepEqual(await read(piece), await read(inflated), `cut at ${length}`);
    }
  });
});
