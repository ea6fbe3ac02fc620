/**
 * LZ4 frames (lz4_Frame_format 1.6.1), after one another, linked or independent blocks; legacy frames; skippable ones
 * passed over. Checksums are not verified, dictionaries are not supported.
 */
import type { ByteStream } from '../byte-stream.ts';
import { Window } from '../window.ts';
import { type Compression, cut, damaged } from './decompressor.ts';
import { need, skip } from './window-reading.ts';
import { isSkippable } from './zstd-frame.ts';

const FRAME_MAGIC = 0x184d2204;
const LEGACY_MAGIC = 0x184c2102;
const LEGACY_BLOCK_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** How far back a match may reach. */
const HISTORY_BYTES = 64 * 1024;
const MIN_MATCH = 4;

export const lz4: Compression = {
  name: 'lz4',
  matches(bytes, start, end) {
    if (end - start < 4) return false;
    const magic = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
    return magic === FRAME_MAGIC || magic === LEGACY_MAGIC;
  },
  decompress,
};

async function* decompress(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const window = new Window(input, CHUNK_BYTES);
  while (await need(window, 4)) {
    const magic = window.view.getUint32(window.start, true);
    if (magic === FRAME_MAGIC) yield* frame(window);
    else if (magic === LEGACY_MAGIC) yield* legacyFrame(window);
    else if (isSkippable(magic)) {
      if (!(await need(window, 8))) throw cut();
      await skip(window, 8 + window.view.getUint32(window.start + 4, true));
    } else throw damaged('no frame where one should start');
  }
  if (window.end > window.start) throw cut();
}

async function* frame(window: Window): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(await need(window, 7))) throw cut();
  const flags = window.bytes[window.start + 4]!;
  const sizeCode = (window.bytes[window.start + 5]! >>> 4) & 7;
  if (flags >>> 6 !== 1 || sizeCode < 4) throw damaged('unknown frame version');
  if ((flags & 1) !== 0) throw damaged('needs a dictionary');
  const maxBlock = 1 << (8 + 2 * sizeCode);
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0;
  await skip(window, 7 + ((flags & 8) !== 0 ? 8 : 0));
  const output = new BlockOutput(maxBlock, (flags & 0x20) === 0);
  for (;;) {
    if (!(await need(window, 4))) throw cut();
    const word = window.view.getUint32(window.start, true);
    window.start += 4;
    if (word === 0) break;
    const size = word & 0x7fff_ffff;
    if (size > maxBlock) throw damaged('block longer than its frame allows');
    const isWhole = await need(window, size + blockChecksum);
    const { start } = window;
    const end = Math.min(start + size, window.end);
    const isSound =
      word >>> 31 === 1 ? output.copy(window.bytes, start, end) : output.decode(window.bytes, start, end);
    yield output.block;
    if (!isWhole) throw cut();
    if (!isSound) throw damaged('bad block');
    window.start += size + blockChecksum;
  }
  if ((flags & 4) !== 0) await skip(window, 4);
}

async function* legacyFrame(window: Window): AsyncGenerator<Uint8Array, void, undefined> {
  window.start += 4;
  const output = new BlockOutput(LEGACY_BLOCK_BYTES, false);
  while (await need(window, 4)) {
    const size = window.view.getUint32(window.start, true);
    if (size === FRAME_MAGIC || size === LEGACY_MAGIC || isSkippable(size)) return;
    if (size > LEGACY_BLOCK_BYTES + LEGACY_BLOCK_BYTES / 128)
      throw damaged('block longer than its frame allows');
    const isWhole = await need(window, 4 + size);
    const isSound = output.decode(
      window.bytes,
      window.start + 4,
      Math.min(window.start + 4 + size, window.end),
    );
    yield output.block;
    if (!isWhole) throw cut();
    if (!isSound) throw damaged('bad block');
    window.start += 4 + size;
  }
}

/** Decoded blocks, one at a time, behind the history that linked blocks refer to. */
class BlockOutput {
  private readonly bytes: Uint8Array;
  private readonly maxBlock: number;
  private readonly linked: boolean;
  /** The last block is `bytes[start, end)`. */
  private start = 0;
  private end = 0;

  constructor(maxBlock: number, linked: boolean) {
    this.bytes = new Uint8Array(HISTORY_BYTES + maxBlock);
    this.maxBlock = maxBlock;
    this.linked = linked;
  }

  get block(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  copy(source: Uint8Array, at: number, end: number): boolean {
    this.begin();
    this.bytes.set(source.subarray(at, end), this.start);
    this.end = this.start + end - at;
    return true;
  }

  /** Decodes a block; false when it is cut or damaged, and then the block is what came before that. */
  decode(source: Uint8Array, at: number, end: number): boolean {
    this.begin();
    return this.sequences(source, at, end);
  }

  /** LZ4 block format: literals, then a match in what was written before, again and again. */
  private sequences(source: Uint8Array, at: number, end: number): boolean {
    const { bytes } = this;
    const limit = this.start + this.maxBlock;
    let to = this.start;
    while (at < end) {
      const token = source[at++]!;
      let literals = token >>> 4;
      if (literals === 15) {
        let more: number;
        do {
          if (at >= end) return false;
          more = source[at++]!;
          literals += more;
        } while (more === 255);
      }
      if (literals > end - at || literals > limit - to) return false;
      if (literals < 32) for (let i = 0; i < literals; i++) bytes[to + i] = source[at + i]!;
      else bytes.set(source.subarray(at, at + literals), to);
      to += literals;
      this.end = to;
      at += literals;
      if (at >= end) break;
      if (end - at < 2) return false;
      const distance = source[at]! | (source[at + 1]! << 8);
      at += 2;
      let length = (token & 15) + MIN_MATCH;
      if ((token & 15) === 15) {
        let more: number;
        do {
          if (at >= end) return false;
          more = source[at++]!;
          length += more;
        } while (more === 255);
      }
      if (distance === 0 || distance > to || length > limit - to) return false;
      if (distance >= length && length > 32) bytes.copyWithin(to, to - distance, to - distance + length);
      else for (let i = 0; i < length; i++) bytes[to + i] = bytes[to + i - distance]!;
      to += length;
      this.end = to;
    }
    return true;
  }

  /** Moves the history to the front; independent blocks have none. */
  private begin(): void {
    const kept = this.linked ? Math.min(this.end, HISTORY_BYTES) : 0;
    this.bytes.copyWithin(0, this.end - kept, this.end);
    this.start = kept;
    this.end = kept;
  }
}
