import type { Readable } from 'node:stream';
import type { ByteStream } from './byte-stream.ts';

/**
 * A pipe, FIFO or terminal: bytes are handed on as they arrive, and nothing is read before it is asked for, so the
 * writer is held back by the pipe itself.
 */
export function pipeStream(readable: Readable): ByteStream {
  let chunk: Uint8Array | null = null;
  let at = 0;
  let ended = false;
  let failure: Error | null = null;
  let wake: (() => void) | null = null;
  const wakeUp = (): void => {
    wake?.();
    wake = null;
  };
  const end = (): void => {
    ended = true;
    wakeUp();
  };
  readable.on('readable', wakeUp);
  readable.on('end', end);
  readable.on('close', end);
  readable.on('error', (error: NodeJS.ErrnoException) => {
    // The writer has gone: what it wrote stands.
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') failure = error;
    end();
  });

  const take = (target: Uint8Array, offset: number, length: number): number => {
    if (!chunk) {
      chunk = readable.read() as Uint8Array | null;
      at = 0;
      if (!chunk) return 0;
    }
    const n = Math.min(length, chunk.length - at);
    target.set(chunk.subarray(at, at + n), offset);
    at += n;
    if (at === chunk.length) chunk = null;
    return n;
  };

  return {
    async read(target, offset, length) {
      for (;;) {
        const got = take(target, offset, length);
        if (got > 0) return got;
        if (failure) throw failure;
        if (ended) return 0;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close() {
      ended = true;
      chunk = null;
      readable.destroy();
      wakeUp();
      return Promise.resolve();
    },
  };
}
