/** Framing of Zstandard (RFC 8878, section 3.1): enough to take frames and blocks apart and to bound their memory. */
import { damaged } from './decompressor.ts';

export const ZSTD_MAGIC = 0xfd2fb528;
/** Skippable frames have sixteen magic numbers from this one on; LZ4 has the same ones. */
export const SKIPPABLE_MAGIC = 0x184d2a50;
/** Longest frame header. */
export const MAX_FRAME_HEADER_BYTES = 18;
/** Largest window that is decompressed: what `zstd` itself takes without being told. */
export const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
export const MAX_BLOCK_BYTES = 128 * 1024;

export function isSkippable(magic: number): boolean {
  return (magic & 0xffff_fff0) >>> 0 === SKIPPABLE_MAGIC;
}

export interface FrameHeader {
  readonly headerBytes: number;
  readonly hasChecksum: boolean;
}

/** The frame header at `at`, of which `MAX_FRAME_HEADER_BYTES` or the rest of the input is there. */
export function readFrameHeader(view: DataView, at: number): FrameHeader {
  const descriptor = view.getUint8(at + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >>> 6;
  const contentSizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  let next = at + 5;
  let windowBytes = 0;
  if (!isSingleSegment) {
    const window = view.getUint8(next++);
    const base = 2 ** (10 + (window >>> 3));
    windowBytes = base + (base / 8) * (window & 7);
  }
  next += dictionaryBytes;
  if (isSingleSegment) {
    windowBytes =
      contentSizeBytes === 1
        ? view.getUint8(next)
        : contentSizeBytes === 2
          ? view.getUint16(next, true) + 256
          : view.getUint32(next, true) +
            (contentSizeBytes === 8 ? view.getUint32(next + 4, true) * 2 ** 32 : 0);
  }
  if (windowBytes > MAX_WINDOW_BYTES) throw damaged(`window of ${Math.ceil(windowBytes / 2 ** 20)} MiB`);
  return { headerBytes: next + contentSizeBytes - at, hasChecksum: (descriptor & 4) !== 0 };
}
