/**
 * Bytes in order, pulled into the reader's own buffer. Files, pipes, memory and decompressors are the same to
 * the readers above them.
 */
export interface ByteStream {
  /**
   * Reads at most `length` bytes to `target[offset]` and gives their number; 0 only at the end. It answers as soon
   * as there is something, so a pipe that stalls does not hold back what came through it. A number when
   * the bytes were there, a promise when they have to be waited for.
   */
  read(target: Uint8Array, offset: number, length: number): number | Promise<number>;
  /** Releases what is held and ends a pending `read` with 0. Idempotent. */
  close(): Promise<void>;
  /** The same bytes once more from the first one, where they can be had again; valid until this stream is closed. */
  again?(): ByteStream | null;
}

/** A stream whose first bytes were read already (to see what it is): hands out `head`, then the rest. */
export function withHead(head: Uint8Array, rest: ByteStream): ByteStream {
  let at = 0;
  return {
    read(target, offset, length) {
      if (at >= head.length) return rest.read(target, offset, length);
      const take = Math.min(length, head.length - at);
      target.set(head.subarray(at, at + take), offset);
      at += take;
      return take;
    },
    close: () => rest.close(),
    again: () => rest.again?.() ?? null,
  };
}

/** All of `bytes`. */
export function memoryStream(bytes: Uint8Array): ByteStream {
  return withHead(bytes, {
    read: () => 0,
    close: () => Promise.resolve(),
    again: () => memoryStream(bytes),
  });
}
