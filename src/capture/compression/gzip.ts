/** gzip (RFC 1952), several members included, by the zlib of Node. */
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import type { ByteStream } from '../byte-stream.ts';
import { type Compression, cut, damaged } from './decompressor.ts';

const INPUT_BYTES = 64 * 1024;
const OUTPUT_BYTES = 64 * 1024;
/** Bytes that are given to zlib at once, pass by pass. */
const PIECE_BYTES = [INPUT_BYTES, 512, 1] as const;

export const gzip: Compression = {
  name: 'gzip',
  matches: (bytes, start, end) =>
    end - start >= 3 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8,
  decompress: gunzip,
};

/** What a pass found out. */
interface Pass {
  /** Bytes of input up to the last piece that was sound. */
  sound: number;
  /** An error was found inside of a piece. */
  broken: boolean;
}

/**
 * zlib hands out nothing of the piece of input in which it finds an error. Where the input can be had again, what it
 * held back is found by taking that piece in ever smaller ones.
 */
async function* gunzip(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  let stream = input;
  let fineFrom = 0;
  let given = 0;
  for (const pieceBytes of PIECE_BYTES) {
    const pass: Pass = { sound: 0, broken: false };
    let known = given;
    try {
      for await (const piece of inflatePieces(stream, fineFrom, pieceBytes, pass)) {
        const fresh = piece.subarray(known);
        known -= piece.length - fresh.length;
        given += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      const again = pass.broken && pieceBytes > 1 ? input.again?.() : null;
      if (!again) throw error;
      stream = again;
      fineFrom = pass.sound;
    }
  }
}

/** The contents; input from the offset `fineFrom` on is taken in pieces of `pieceBytes`. Keeps `pass` up to date. */
async function* inflatePieces(
  input: ByteStream,
  fineFrom: number,
  pieceBytes: number,
  pass: Pass,
): AsyncGenerator<Uint8Array, void, undefined> {
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
  let taken = 0;
  const accepted = (error?: Error | null): void => {
    if (!error) pass.sound = taken;
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
      if (error) {
        pass.broken = error.code !== 'Z_BUF_ERROR';
        throw pass.broken ? damaged(error.message) : cut();
      }
      if (inflate.readableEnded) return;
      if (written && !ended) {
        const most = taken < fineFrom ? Math.min(INPUT_BYTES, fineFrom - taken) : pieceBytes;
        const got = input.read(buffer, 0, most);
        const length = typeof got === 'number' ? got : await got;
        taken += length;
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
