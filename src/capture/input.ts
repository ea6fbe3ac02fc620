import { LanscopeError } from '../bytes/error.ts';
import { DEFAULT_BATCH_SIZE, PacketBatch } from '../packet/batch.ts';
import type { ByteStream } from './byte-stream.ts';
import { DamageLog } from './damage.ts';
import { PROBE_BYTES, probeFormat } from './format.ts';
import { DEFAULT_CHUNK_BYTES } from './limits.ts';
import { looksLike } from './not-a-capture.ts';
import { isPoisoned, poisonBatch } from './poison.ts';
import { DONE, type RecordReader } from './record-reader.ts';
import type { SourceInfo, SourceOptions } from './source.ts';
import { type Tap, tap } from './tap.ts';
import { Window } from './window.ts';

/**
 * One capture being read: a byte stream, the window over it, the reader of its format, and the one batch that is
 * filled again and again.
 */
export class Input {
  readonly batch: PacketBatch;
  readonly info: SourceInfo;
  private readonly damage = new DamageLog();
  private readonly poisoned = isPoisoned();
  private readonly chunkSize: number;
  private readonly tap: Tap;
  private window: Window;
  private reader: RecordReader | null = null;
  private ended = false;
  private closed = false;

  constructor(info: SourceInfo, index: number, stream: ByteStream, options: SourceOptions) {
    this.info = info;
    this.chunkSize = Math.max(1, options.chunkSize ?? DEFAULT_CHUNK_BYTES);
    this.batch = new PacketBatch(Math.max(1, options.batchSize ?? DEFAULT_BATCH_SIZE));
    this.batch.input = index;
    this.tap = tap(stream, info, options.noHash !== true);
    this.window = new Window(this.tap.stream, this.chunkSize);
  }

  /** Reads the first bytes and finds the format; rejects when there is none. */
  async open(): Promise<void> {
    const { window, info } = this;
    while (!window.ended && window.end - window.start < PROBE_BYTES) await window.fill();
    if (this.closed) return;
    if (window.end === window.start) throw new LanscopeError('INPUT_EMPTY', `${info.name} is empty.`);
    const format = probeFormat(window.bytes, window.start, window.end);
    if (!format) {
      const head = window.bytes.subarray(window.start, window.end);
      const what = looksLike(head);
      throw new LanscopeError(
        'INPUT_NOT_A_CAPTURE',
        `${info.name} is not a capture${what === '' ? '' : `: it looks like ${what}`}.`,
        'Give a pcap or pcapng file, as tcpdump, Wireshark or dumpcap write them.',
      );
    }
    info.format = format.name;
    this.reader = format.open(info, this.damage);
  }

  /** Fills the batch with the next packets; false at the end of the capture. */
  async next(): Promise<boolean> {
    const { batch, window, reader, info } = this;
    if (!reader || this.ended) return false;
    if (this.poisoned) poisonBatch(batch, window.start);
    batch.start = 0;
    batch.count = 0;
    for (;;) {
      const status = reader.read(window, batch);
      if (batch.count > 0) {
        batch.bytes = window.bytes;
        batch.byteLength = window.end;
        batch.firstPacketNumber = info.packets + 1;
        info.packets += batch.count;
        info.damage = this.damage.result;
        return true;
      }
      if (status === DONE) break;
      const filled = window.fill();
      if (filled) await filled;
      if (this.closed) return false;
    }
    await this.finish();
    return false;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.tap.stream.close();
  }

  /** The reader is at the end; what it left of the input is read for the digest alone. */
  private async finish(): Promise<void> {
    this.ended = true;
    const rest = new Uint8Array(this.chunkSize);
    for (;;) {
      const got = this.tap.stream.read(rest, 0, rest.length);
      if ((typeof got === 'number' ? got : await got) === 0) break;
    }
    if (this.closed) return;
    this.info.damage = this.damage.result;
    this.info.sha256 = this.tap.digest();
    await this.close();
  }
}
