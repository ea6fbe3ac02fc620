/** gzip (RFC 1952), several members included, by the zlib of Node. */
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import type { ByteStream } from '../byte-stream.ts';
import { type Compression, cut, damaged } from './decompressor.ts';

const INPUT_BYTES = 64 * 1024;
/** zlib hands out nothing of the piece in which it finds an error: small pieces keep that loss small. */
const OUTPUT_BYTES = 64 * 1024;

export const gzip: Compression = {
  name: 'gzip',
  matches: (bytes, start, end) =>
    end - start >= 3 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8,
  decompress: gunzip,
};

async function* gunzip(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createGunzip({ chunkSize: OUTPUT_BYTES });
  const buffer = new Uint8Array(INPUT_BYTES);
  let failure: NodeJS.ErrnoException | null = null;
  let written = true;
  let wake: (() => void) | null = null;
  const wakeUp = (): void => {
    wake?.();
    wake = null;
  };
  inflate.on('readable', wakeUp);
  inflate.on('end', wakeUp);
  inflate.on('error', (error) => {
    failure = error;
    wakeUp();
  });
  const accepted = (): void => {
    written = true;
    wakeUp();
  };
  try {
    let ended = false;
    for (;;) {
      const piece = inflate.read() as Uint8Array | null;
      if (piece) {
        yield piece;
        continue;
      }
      const error = failure as NodeJS.ErrnoException | null;
      if (error) throw error.code === 'Z_BUF_ERROR' ? cut() : damaged(error.message);
      if (inflate.readableEnded) return;
      if (written && !ended) {
        const got = input.read(buffer, 0, buffer.length);
        const length = typeof got === 'number' ? got : await got;
        if (length === 0) {
          ended = true;
          inflate.end();
        } else {
          written = false;
          inflate.write(buffer.subarray(0, length), accepted);
        }
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    inflate.destroy();
    if (!inflate.closed) await once(inflate, 'close').catch(() => undefined);
  }
}
