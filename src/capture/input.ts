import { LanscopeError } from '../bytes/error.ts';
import type { HotMemory } from '../hot/memory.ts';
import { DEFAULT_BATCH_SIZE, MIN_BATCH_SIZE, PacketBatch } from '../packet/batch.ts';
import { type ByteStream, withHead } from './byte-stream.ts';
import {
  DEFAULT_MAX_EXPANSION,
  type ExpansionBound,
  MAX_CONTAINER_DEPTH,
  probeCompression,
  unpack,
} from './compression/containers.ts';
import { DamageLog } from './damage.ts';
import { PROBE_BYTES, probeFormat } from './format.ts';
import { inputLabel } from './input-error.ts';
import { DEFAULT_CHUNK_BYTES, MIN_CHUNK_BYTES } from './limits.ts';
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
  private readonly memory: HotMemory | null;
  private readonly tap: Tap;
  private readonly bound: ExpansionBound;
  /** The innermost stream: what the window reads. */
  private stream: ByteStream;
  private window: Window;
  private reader: RecordReader | null = null;
  /** The reader has said that there is nothing more; it is not asked again. */
  private done = false;
  private ended = false;
  private closed = false;

  constructor(info: SourceInfo, index: number, stream: ByteStream, options: SourceOptions) {
    this.info = info;
    this.chunkSize = Math.max(1, options.chunkSize ?? DEFAULT_CHUNK_BYTES);
    this.memory = options.memory ?? null;
    const rows = Math.max(1, options.batchSize ?? DEFAULT_BATCH_SIZE);
    this.batch = new PacketBatch(Math.min(rows, likelyRows(info.totalBytes)), this.memory);
    this.batch.input = index;
    this.tap = tap(stream, info, options.noHash !== true);
    this.bound = { maxExpansion: options.maxExpansion ?? DEFAULT_MAX_EXPANSION, given: () => info.bytes };
    this.stream = this.tap.stream;
    const bytes = Math.min(this.chunkSize, likelyBytes(info.totalBytes));
    this.window = new Window(this.stream, bytes, this.memory);
  }

  /** Reads the first bytes and finds the format, inside of containers too; rejects when there is none. */
  async open(): Promise<void> {
    const { info } = this;
    const containers: string[] = [];
    for (;;) {
      await this.fillForProbe();
      if (this.closed) return;
      const { bytes, start, end } = this.window;
      const format = probeFormat(bytes, start, end);
      if (format) {
        info.format = [format.name, ...containers].join('+');
        this.reader = format.open(info, this.damage);
        return;
      }
      const compression = probeCompression(bytes, start, end);
      if (!compression || containers.length === MAX_CONTAINER_DEPTH) throw this.notACapture(containers);
      containers.unshift(compression.name);
      const packed = withHead(bytes.slice(start, end), this.stream);
      this.stream = unpack(compression, packed, this.damage, this.bound);
      this.window = new Window(this.stream, this.chunkSize, this.memory);
    }
  }

  private async fillForProbe(): Promise<void> {
    const { window } = this;
    while (!window.ended && window.end - window.start < PROBE_BYTES) await window.fill();
  }

  private notACapture(containers: readonly string[]): LanscopeError {
    const { window, info } = this;
    const head = window.bytes.subarray(window.start, window.end);
    if (head.length === 0 && containers.length === 0)
      return new LanscopeError('INPUT_EMPTY', `${inputLabel(info.name)} is empty`);
    const what = head.length === 0 ? (this.damage.result?.reason ?? 'nothing') : looksLike(head);
    const found =
      containers.length === 0
        ? what
        : `${containers.join(' in ')} of ${what === '' ? 'something else' : what}`;
    return new LanscopeError(
      'INPUT_NOT_A_CAPTURE',
      `${inputLabel(info.name)} is not a capture${found === '' ? '' : `: it looks like ${found}`}`,
      'Give a pcap, pcapng or snoop file, compressed or not',
    );
  }

  /** Fills the batch with the next packets; false at the end of the capture. */
  async next(): Promise<boolean> {
    const { batch, window, reader, info } = this;
    if (!reader || this.ended) return false;
    if (this.poisoned) poisonBatch(batch, window.start);
    batch.start = 0;
    batch.count = 0;
    while (!this.done) {
      this.done = reader.read(window, batch) === DONE;
      if (batch.count > 0) {
        batch.bytes = window.bytes;
        batch.byteLength = window.end;
        batch.firstPacketNumber = info.packets + 1;
        info.packets += batch.count;
        info.damage = this.damage.result;
        return true;
      }
      if (this.done) break;
      const filled = window.fill();
      if (filled) await filled;
      // Closed while waiting: what the window holds whole is still given.
      if (this.closed) window.ended = true;
    }
    await this.finish();
    return false;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.damage.seal();
    await this.stream.close();
  }

  /** The reader is at the end; what it left of the input is read for the digest alone. */
  private async finish(): Promise<void> {
    this.ended = true;
    if (this.closed) return;
    // Nobody looks at the last batch any more: its bytes can be written over.
    const rest = this.window.bytes;
    for (;;) {
      const got = this.tap.stream.read(rest, 0, rest.length);
      const length = typeof got === 'number' ? got : await got;
      if (length === 0) break;
      this.damage.addLost(length);
    }
    if (this.closed) return;
    this.info.damage = this.damage.result;
    this.info.sha256 = this.tap.digest();
    await this.close();
  }
}

/**
 * Most corpora are of small captures: the window and the batch of a large one would take longer to make, and to collect,
 * than such a capture takes to read. Both are enough for any file; one that is larger than it says takes more turns.
 */
function likelyBytes(totalBytes: number): number {
  return totalBytes === 0 ? Infinity : Math.max(MIN_CHUNK_BYTES, totalBytes + 1);
}

function likelyRows(totalBytes: number): number {
  return totalBytes === 0 ? Infinity : Math.max(MIN_BATCH_SIZE, Math.ceil(totalBytes / 128));
}
