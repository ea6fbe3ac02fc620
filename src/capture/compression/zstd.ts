/** Zstandard (RFC 8878): frames after one another, skippable ones passed over. Checksums are not verified. */
import { Decompress } from 'fzstd';
import type { ByteStream } from '../byte-stream.ts';
import { Window } from '../window.ts';
import { type Compression, cut, damaged } from './decompressor.ts';
import {
  MAX_BLOCK_BYTES,
  MAX_FRAME_HEADER_BYTES,
  ZSTD_MAGIC,
  isSkippable,
  readFrameHeader,
} from './zstd-frame.ts';
import { need, skip } from './window-reading.ts';

const CHUNK_BYTES = 64 * 1024;

export const zstd: Compression = {
  name: 'zstd',
  matches: (bytes, start, end) =>
    end - start >= 4 &&
    bytes[start] === 0x28 &&
    bytes[start + 1] === 0xb5 &&
    bytes[start + 2] === 0x2f &&
    bytes[start + 3] === 0xfd,
  decompress,
};

async function* decompress(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const window = new Window(input, CHUNK_BYTES);
  while (await need(window, 4)) {
    const magic = window.view.getUint32(window.start, true);
    if (magic === ZSTD_MAGIC) yield* frame(window);
    else if (isSkippable(magic)) {
      if (!(await need(window, 8))) throw cut();
      await skip(window, 8 + window.view.getUint32(window.start + 4, true));
    } else throw damaged('no frame where one should start');
  }
  if (window.end > window.start) throw cut();
}

/** One frame, block by block: so a block that expands much is handed on before the next is taken. */
async function* frame(window: Window): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: Uint8Array[] = [];
  const decoder = new Decompress((piece) => {
    if (piece.length > 0) pieces.push(piece);
  });
  const push = (length: number, last: boolean): void => {
    // The decoder keeps what it is given.
    const copy = window.bytes.slice(window.start, window.start + length);
    window.start += length;
    try {
      decoder.push(copy, last);
    } catch (error) {
      throw damaged((error as Error).message);
    }
  };
  if (!(await need(window, MAX_FRAME_HEADER_BYTES)) && window.end - window.start < 9) throw cut();
  const header = readFrameHeader(window.view, window.start);
  push(header.headerBytes, false);
  for (;;) {
    if (!(await need(window, 3))) throw cut();
    const at = window.start;
    const block = window.bytes[at]! | (window.bytes[at + 1]! << 8) | (window.bytes[at + 2]! << 16);
    const isLast = (block & 1) !== 0;
    const size = block >>> 3;
    if (size > MAX_BLOCK_BYTES) throw damaged('block longer than allowed');
    const bytes = 3 + (((block >>> 1) & 3) === 1 ? 1 : size) + (isLast && header.hasChecksum ? 4 : 0);
    if (!(await need(window, bytes))) throw cut();
    push(bytes, isLast);
    while (pieces.length > 0) yield pieces.shift()!;
    if (isLast) return;
  }
}
