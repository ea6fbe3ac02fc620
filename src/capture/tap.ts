import { createHash } from 'node:crypto';
import type { ByteStream } from './byte-stream.ts';
import type { SourceInfo } from './source.ts';

/** Counts the bytes of an input as given, and hashes them unless told not to. */
export interface Tap {
  readonly stream: ByteStream;
  /** Lower-case hex over all bytes so far, '' without hashing. To be called once, at the end. */
  digest(): string;
}

export function tap(stream: ByteStream, info: SourceInfo, hashed: boolean): Tap {
  const hash = hashed ? createHash('sha256') : null;
  const took = (target: Uint8Array, offset: number, n: number): number => {
    info.bytes += n;
    if (hash && n > 0) hash.update(target.subarray(offset, offset + n));
    return n;
  };
  return {
    stream: {
      read(target, offset, length) {
        const got = stream.read(target, offset, length);
        return typeof got === 'number' ? took(target, offset, got) : got.then((n) => took(target, offset, n));
      },
      close: () => stream.close(),
      again: () => stream.again?.() ?? null,
    },
    digest: () => hash?.digest('hex') ?? '',
  };
}
