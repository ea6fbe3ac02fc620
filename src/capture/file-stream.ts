import { closeSync, readSync } from 'node:fs';
import type { ByteStream } from './byte-stream.ts';
import { BYTES_PER_TURN } from './limits.ts';

/**
 * A regular file. Reads are synchronous, which is the fastest way through the page cache on one core; after every
 * `BYTES_PER_TURN` the event loop gets a turn, so that timers and signals are served.
 */
export function fileStream(fd: number, ownsFd: boolean): ByteStream {
  let closed = false;
  /** From the file's current position, or from `position` where that is given. */
  const reader = (position: number | null): ByteStream['read'] => {
    let sinceTurn = 0;
    const readNow = (target: Uint8Array, offset: number, length: number): number => {
      if (closed) return 0;
      const got = readSync(fd, target, offset, length, position);
      if (position !== null) position += got;
      sinceTurn += got;
      return got;
    };
    return (target, offset, length) => {
      if (sinceTurn < BYTES_PER_TURN) return readNow(target, offset, length);
      sinceTurn = 0;
      return new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
        readNow(target, offset, length),
      );
    };
  };
  return {
    read: reader(null),
    close() {
      if (!closed && ownsFd) closeSync(fd);
      closed = true;
      return Promise.resolve();
    },
    // A file that was handed over may have been read in part before.
    again: () => (ownsFd ? { read: reader(0), close: () => Promise.resolve() } : null),
  };
}
