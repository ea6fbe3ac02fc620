/** bzip2: streams after one another, block by block. Checksums are not verified; randomised blocks (before 0.9.5) are not read. */
import type { ByteStream } from '../byte-stream.ts';
import { Window } from '../window.ts';
import { Bzip2Block } from './bzip2-block.ts';
import { type Compression, cut, damaged } from './decompressor.ts';
import { need } from './window-reading.ts';

const CHUNK_BYTES = 64 * 1024;
/** A block of 900,000 symbols cannot take more than this. */
const MAX_BLOCK_INPUT_BYTES = 2_600_000;
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

export const bzip2: Compression = {
  name: 'bzip2',
  matches: (bytes, start, end) =>
    end - start >= 10 &&
    bytes[start] === 0x42 &&
    bytes[start + 1] === 0x5a &&
    bytes[start + 2] === 0x68 &&
    bytes[start + 3]! >= 0x31 &&
    bytes[start + 3]! <= 0x39 &&
    ((bytes[start + 4] === 0x31 && bytes[start + 5] === 0x41) ||
      (bytes[start + 4] === 0x17 && bytes[start + 5] === 0x72)),
  decompress,
};

async function* decompress(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const window = new Window(input, CHUNK_BYTES);
  while (await need(window, 1)) {
    if (!(await need(window, 4))) throw cut();
    const at = window.start;
    const level = window.bytes[at + 3]! - 0x30;
    if (
      window.bytes[at] !== 0x42 ||
      window.bytes[at + 1] !== 0x5a ||
      window.bytes[at + 2] !== 0x68 ||
      level < 1 ||
      level > 9
    ) {
      throw damaged('no stream where one should start');
    }
    window.start += 4;
    yield* blocks(window, new Bzip2Block(level * 100_000));
  }
}

async function* blocks(window: Window, block: Bzip2Block): AsyncGenerator<Uint8Array, void, undefined> {
  const { bits } = block;
  // Blocks start anywhere in a byte: what is left of the last one's is kept by the bit reader.
  bits.reset();
  for (;;) {
    await need(window, MAX_BLOCK_INPUT_BYTES);
    bits.attach(window.bytes, window.start, window.end);
    const high = bits.read(24);
    const low = bits.read(24);
    if (high === END_MAGIC[0] && low === END_MAGIC[1]) {
      bits.read(16);
      bits.read(16);
      if (bits.overrun) throw cut();
      window.start = bits.detachAtByte();
      return;
    }
    if (bits.overrun) throw cut();
    if (high !== BLOCK_MAGIC[0] || low !== BLOCK_MAGIC[1]) throw damaged('no block where one should start');
    block.read();
    if (bits.overrun) throw cut();
    window.start = Math.min(bits.at, window.end);
    yield* block.contents();
  }
}
