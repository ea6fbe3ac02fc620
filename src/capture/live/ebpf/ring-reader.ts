/**
 * Reads a BPF ring buffer where it is: the kernel's pages are mapped, frames stay in place until the batch was
 * processed, and only then the consumer's position moves on (Documentation/bpf/ringbuf.rst). The kernel maps the
 * data twice in a row, so that a record that passes the end is still in one piece.
 */
import type { PacketBatch } from '../../../packet/batch.ts';
import { type Mapping, mapShared, pageBytes } from './libc.ts';
import { type PacketReader, RECORD, type RowWriter } from './record.ts';

const HEADER_BYTES = 8;
/** Upper bits of the word that precedes a record: it is being written; it is to be skipped. */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;

export class RingReader implements PacketReader {
  readonly #batch: PacketBatch;
  readonly #rows: RowWriter;
  readonly #mappings: Mapping[];
  readonly #consumer: BigInt64Array;
  readonly #producer: Uint32Array;
  readonly #words: Uint32Array;
  readonly #ringBytes: number;
  /** Bytes that were read since the beginning, and of those the ones that were given back. */
  #read = 0;
  #released = 0;

  constructor(fd: number, ringBytes: number, batch: PacketBatch, rows: RowWriter) {
    this.#ringBytes = ringBytes;
    this.#batch = batch;
    this.#rows = rows;
    const page = pageBytes();
    const consumer = mapShared(fd, page, 0, true);
    const producer = mapShared(fd, page + 2 * ringBytes, page, false);
    this.#mappings = [consumer, producer];
    this.#consumer = new BigInt64Array(consumer.buffer, 0, 1);
    this.#producer = new Uint32Array(producer.buffer, 0, 1);
    this.#words = new Uint32Array(producer.buffer, page);
    batch.bytes = new Uint8Array(producer.buffer, page);
    batch.byteLength = batch.bytes.length;
  }

  fill(): number {
    const words = this.#words;
    const rows = this.#rows;
    const { capacity } = this.#batch;
    const ringBytes = this.#ringBytes;
    // The lower words suffice: what is between both positions is never more than the ring.
    const produced = Atomics.load(this.#producer, 0);
    let available = (produced - (this.#read % 0x1_0000_0000)) >>> 0;
    let at = this.#read % ringBytes;
    let count = 0;
    while (count < capacity && available > 0) {
      const length = Atomics.load(words, at >>> 2);
      if (length >= BUSY) break;
      if ((length & DISCARDED) === 0) {
        rows.write(words, (at + HEADER_BYTES) >>> 2, count, at + HEADER_BYTES + RECORD.bytes);
        count++;
      }
      const taken = ((length & LENGTH) + HEADER_BYTES + 7) & ~7;
      available -= taken;
      this.#read += taken;
      at += taken;
      if (at >= ringBytes) at -= ringBytes;
    }
    return count;
  }

  release(): void {
    if (this.#released === this.#read) return;
    this.#released = this.#read;
    Atomics.store(this.#consumer, 0, BigInt(this.#read));
  }

  close(): void {
    for (const mapping of this.#mappings) mapping.release();
  }
}
