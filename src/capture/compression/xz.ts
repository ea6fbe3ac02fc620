/**
 * xz (The .xz File Format 1.2.1): streams after one another, with the LZMA2 filter alone, as `xz` writes it for data.
 * Integrity checks and the index are passed over.
 */
import type { ByteStream } from '../byte-stream.ts';
import { Window } from '../window.ts';
import { type Compression, cut, damaged } from './decompressor.ts';
import { Lzma2Decoder, MAX_DICTIONARY_BYTES } from './lzma2.ts';
import { need, skip } from './window-reading.ts';

const CHUNK_BYTES = 64 * 1024;
const MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const STREAM_HEADER_BYTES = 12;
const FILTER_LZMA2 = 0x21;
/** Bytes of the integrity check by its type. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
/** Bytes of a variable-length integer at most. */
const MAX_INTEGER_BYTES = 9;

export const xz: Compression = {
  name: 'xz',
  matches: (bytes, start, end) =>
    end - start >= MAGIC.length && MAGIC.every((byte, i) => bytes[start + i] === byte),
  decompress,
};

async function* decompress(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const window = new Window(input, CHUNK_BYTES);
  // Blocks of one file have dictionaries of one size as a rule; the first chunk of a block resets what is in it.
  let decoder: Lzma2Decoder | null = null;
  const decoderFor = (bytes: number): Lzma2Decoder => {
    if (decoder?.dictionaryBytes !== bytes) decoder = new Lzma2Decoder(bytes);
    return decoder;
  };
  while (await need(window, 4)) {
    // Streams may be followed by zeros, four at a time.
    if (window.view.getUint32(window.start) === 0) {
      window.start += 4;
      continue;
    }
    if (!(await need(window, STREAM_HEADER_BYTES))) throw cut();
    if (!MAGIC.every((byte, i) => window.bytes[window.start + i] === byte))
      throw damaged('no stream where one should start');
    const checkBytes = CHECK_BYTES[window.bytes[window.start + 7]! & 15]!;
    window.start += STREAM_HEADER_BYTES;
    for (;;) {
      if (!(await need(window, 1))) throw cut();
      if (window.bytes[window.start] === 0) break;
      yield* block(window, decoderFor, checkBytes);
    }
    await skipIndex(window);
    await skip(window, STREAM_HEADER_BYTES);
  }
  if (window.end > window.start) throw cut();
}

async function* block(
  window: Window,
  decoderFor: (dictionaryBytes: number) => Lzma2Decoder,
  checkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const headerBytes = (window.bytes[window.start]! + 1) * 4;
  if (!(await need(window, headerBytes))) throw cut();
  const decoder = decoderFor(dictionaryBytes(window.bytes, window.start, headerBytes));
  window.start += headerBytes;
  const from = window.offsetOf(window.start);
  yield* chunks(window, decoder);
  const padding = (4 - ((window.offsetOf(window.start) - from) & 3)) & 3;
  await skip(window, padding + checkBytes);
}

/** The dictionary size from a block header at `at`. */
function dictionaryBytes(bytes: Uint8Array, at: number, headerBytes: number): number {
  const end = at + headerBytes - 4;
  const flags = bytes[at + 1]!;
  if ((flags & 3) !== 0) throw damaged('filters that are not supported');
  let next = at + 2;
  for (const present of [flags & 0x40, flags & 0x80]) {
    if (present === 0) continue;
    while (next < end && bytes[next]! >= 0x80) next++;
    next++;
  }
  if (next + 3 > end || bytes[next] !== FILTER_LZMA2 || bytes[next + 1] !== 1)
    throw damaged('filters that are not supported');
  const code = bytes[next + 2]!;
  const size = code === 40 ? 2 ** 32 : (2 | (code & 1)) * 2 ** ((code >>> 1) + 11);
  if (code > 40 || size > MAX_DICTIONARY_BYTES)
    throw damaged(`dictionary of ${Math.ceil(size / 2 ** 20)} MiB`);
  return size;
}

async function* chunks(window: Window, decoder: Lzma2Decoder): AsyncGenerator<Uint8Array, void, undefined> {
  let needsDictionary = true;
  let needsProperties = true;
  for (;;) {
    if (!(await need(window, 1))) throw cut();
    const control = window.bytes[window.start]!;
    if (control === 0) {
      window.start++;
      return;
    }
    const isCoded = control >= 0x80;
    const withProperties = control >= 0xc0;
    if (control === 1 || control >= 0xe0) {
      decoder.resetDictionary();
      needsDictionary = false;
    }
    if (needsDictionary || (!isCoded && control > 2)) throw damaged('bad chunk');
    const headerBytes = isCoded ? (withProperties ? 6 : 5) : 3;
    if (!(await need(window, headerBytes))) throw cut();
    const { view } = window;
    const at = window.start;
    if (!isCoded) {
      const length = view.getUint16(at + 1) + 1;
      const whole = await need(window, 3 + length);
      const given = whole ? length : window.end - window.start - 3;
      yield* decoder.copy(window.bytes, window.start + 3, given);
      if (!whole) throw cut();
      window.start += 3 + length;
      continue;
    }
    const expanded = (control & 0x1f) * 0x1_0000 + view.getUint16(at + 1) + 1;
    const coded = view.getUint16(at + 3) + 1;
    if (withProperties) {
      decoder.setProperties(view.getUint8(at + 5));
      needsProperties = false;
    } else if (needsProperties) throw damaged('bad chunk');
    if (control >= 0xa0) decoder.resetState();
    const whole = await need(window, headerBytes + coded);
    const start = window.start + headerBytes;
    const end = Math.min(start + coded, window.end);
    const complete = yield* decoder.expand(window.bytes, start, end, expanded);
    if (!whole) throw cut();
    if (!complete) throw damaged('chunk shorter than it says');
    window.start = end;
  }
}

/** Record count and records, padded to four bytes, and a CRC. */
async function skipIndex(window: Window): Promise<void> {
  const from = window.offsetOf(window.start);
  window.start++;
  const records = await readInteger(window);
  for (let i = 0; i < records * 2; i++) await readInteger(window);
  const padding = (4 - ((window.offsetOf(window.start) - from) & 3)) & 3;
  await skip(window, padding + 4);
}

async function readInteger(window: Window): Promise<number> {
  let value = 0;
  for (let i = 0; i < MAX_INTEGER_BYTES; i++) {
    if (!(await need(window, 1))) throw cut();
    const byte = window.bytes[window.start++]!;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw damaged('bad index');
}
