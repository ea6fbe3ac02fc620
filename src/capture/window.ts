import type { ByteStream } from './byte-stream.ts';
import type { HotMemory } from '../hot/memory.ts';
import { CARRY_BYTES, MAX_RECORD_BYTES } from './limits.ts';

/**
 * The part of a stream that is in memory: one buffer, reused. `bytes[start, end)` is what a reader has not consumed;
 * it consumes by advancing `start`. `fill` moves the rest of the last chunk to the front and reads behind it, so a
 * record is always whole in one place. Offsets into `bytes` are valid until the next `fill`.
 *
 * The buffer grows for a long record, up to the bound on records; it does not grow with the stream.
 */
export class Window {
  bytes: Uint8Array;
  /** Over the same memory as `bytes`. */
  view: DataView;
  start = 0;
  end = 0;
  /** The stream has given its last byte. */
  ended = false;
  /** Offset of `bytes[0]` in the stream. */
  base = 0;
  private readonly stream: ByteStream;
  private readonly chunkSize: number;

  constructor(stream: ByteStream, chunkSize: number, memory: HotMemory | null = null) {
    this.stream = stream;
    this.chunkSize = chunkSize;
    const size = chunkSize + CARRY_BYTES;
    const at = memory === null ? -1 : memory.take(size);
    this.bytes = memory === null || at < 0 ? new Uint8Array(size) : new Uint8Array(memory.buffer, at, size);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
  }

  /** Offset of `bytes[at]` in the stream. */
  offsetOf(at: number): number {
    return this.base + at;
  }

  /** Reads one more chunk, or sets `ended`. A promise only where the stream has to be waited for. */
  fill(): void | Promise<void> {
    if (this.ended) return undefined;
    if (this.bytes.length - this.end < this.chunkSize) this.makeRoom();
    const got = this.stream.read(this.bytes, this.end, this.chunkSize);
    if (typeof got === 'number') {
      this.took(got);
      return undefined;
    }
    return got.then((n) => {
      this.took(n);
    });
  }

  private took(n: number): void {
    this.end += n;
    if (n === 0) this.ended = true;
  }

  private makeRoom(): void {
    const rest = this.end - this.start;
    const needed = rest + this.chunkSize;
    if (needed <= this.bytes.length) {
      this.bytes.copyWithin(0, this.start, this.end);
    } else {
      if (rest > 4 * MAX_RECORD_BYTES) throw new Error('a reader asked for more than the bound on records');
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(this.start, this.end));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.base += this.start;
    this.start = 0;
    this.end = rest;
  }
}
