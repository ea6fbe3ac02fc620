/** Compressed containers around a capture, recognised by content and unpacked as they are read. */
import type { ByteStream } from '../byte-stream.ts';
import { DamageLog } from '../damage.ts';
import { BYTES_PER_TURN } from '../limits.ts';
import { bzip2 } from './bzip2.ts';
import { type Compression, ContainerError } from './decompressor.ts';
import { gzip } from './gzip.ts';
import { lz4 } from './lz4.ts';
import { xz } from './xz.ts';
import { zstd } from './zstd.ts';

/** Every container that is unpacked. */
export const COMPRESSIONS: readonly Compression[] = [gzip, zstd, xz, lz4, bzip2];

/** Containers within each other that are unpacked. */
export const MAX_CONTAINER_DEPTH = 3;

/**
 * The bound on decompression bombs: an input is read until its contents are this many times its own size, not
 * counting the first `FREE_EXPANSION_BYTES`. Captures rarely shrink below a hundredth.
 */
export const DEFAULT_MAX_EXPANSION = 1000;
export const FREE_EXPANSION_BYTES = 1024 * 1024 * 1024;

/** The container that starts with `bytes[start, end)`, or null. */
export function probeCompression(bytes: Uint8Array, start: number, end: number): Compression | null {
  return COMPRESSIONS.find((compression) => compression.matches(bytes, start, end)) ?? null;
}

/** How far contents may grow. */
export interface ExpansionBound {
  readonly maxExpansion: number;
  /** Bytes of the input as given that were read so far. */
  given(): number;
}

/** The contents of a container as a stream; where the container is damaged or the bound is met, it ends and says so. */
export function unpack(
  compression: Compression,
  packed: ByteStream,
  damage: DamageLog,
  bound: ExpansionBound,
): ByteStream {
  const again = (): ByteStream | null => {
    const packedAgain = packed.again?.() ?? null;
    // Damage and bounds were told the first time.
    return packedAgain && unpack(compression, packedAgain, new DamageLog(), bound);
  };
  const pieces = compression.decompress(packed);
  let piece: Uint8Array = new Uint8Array(0);
  let at = 0;
  let produced = 0;
  let sinceTurn = 0;
  let ended = false;

  const nextPiece = async (): Promise<boolean> => {
    if (sinceTurn >= BYTES_PER_TURN) {
      sinceTurn = 0;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    try {
      const next = await pieces.next();
      if (next.done === true) return false;
      piece = next.value;
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      damage.stopped(produced, `the ${compression.name} container ${error.message}`, 0);
      return false;
    }
    at = 0;
    produced += piece.length;
    sinceTurn += piece.length;
    if (produced - FREE_EXPANSION_BYTES > bound.maxExpansion * bound.given()) {
      damage.stopped(
        produced,
        `the ${compression.name} container expands more than ${bound.maxExpansion} times`,
        0,
      );
      return false;
    }
    return true;
  };

  const take = (target: Uint8Array, offset: number, length: number): number => {
    const n = Math.min(length, piece.length - at);
    target.set(piece.subarray(at, at + n), offset);
    at += n;
    return n;
  };

  return {
    read(target, offset, length) {
      if (at < piece.length) return take(target, offset, length);
      if (ended) return 0;
      return (async () => {
        while (at >= piece.length) {
          if (!(await nextPiece())) {
            ended = true;
            return 0;
          }
        }
        return take(target, offset, length);
      })();
    },
    async close() {
      ended = true;
      await packed.close();
      await pieces.return(undefined);
    },
    again,
  };
}
