/**
 * `--record`: what is captured as pcapng, in one file or in several by size and time. It is written from batches, so
 * it is the same for every backend. A disk that is full or a folder that is gone ends neither capture nor analysis: the
 * recording pauses, says so once, and goes on when there is room again.
 */
import type { CaptureInterface } from '../../capture/source.ts';
import { PcapngWriter } from '../../capture/write/pcapng-writer.ts';
import type { PacketBatch } from '../../packet/batch.ts';
import { formatPlural } from '../../report/quantity.ts';
import { unwritable } from '../../store/atomic-file.ts';
import { RecordFile } from './record-file.ts';
import { listParts, partName, removeOldParts } from './record-name.ts';

export interface RecordingOptions {
  readonly path: string;
  /** Bytes after which the next file begins; a block is never split, so files may be one block larger. */
  readonly maxBytes?: number;
  /** Seconds of packet time after which the next file begins. */
  readonly everySeconds?: number;
  /** Files that are kept; the oldest are removed. */
  readonly keep?: number;
  readonly onNotice: (text: string) => void;
  /** Milliseconds from anywhere, never backwards. */
  readonly now?: () => number;
}

const BUFFER_BYTES = 4 * 1024 * 1024;
/** Between two tries to write again. */
const RETRY_MS = 5_000;

export class Recording {
  readonly #options: RecordingOptions;
  readonly #writer = new PcapngWriter(BUFFER_BYTES);
  readonly #now: () => number;
  readonly #isRotated: boolean;
  #file: RecordFile | null = null;
  /** Number of the last file of several. */
  #number = 0;
  #firstSeconds = 0;
  /** Interfaces that the present file describes. */
  #described = 0;
  /** Packets in the buffer, and those lost since recording paused. */
  #buffered = 0;
  #lost = 0;
  #pausedAtMs = -1;
  #isClosed = false;
  /** The buffer belongs to it while it runs. */
  #flushing: Promise<void> | null = null;

  private constructor(options: RecordingOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#isRotated = options.maxBytes !== undefined || options.everySeconds !== undefined;
  }

  /** Rejects with OUTPUT_UNWRITABLE when the file, or the folder of several, cannot be written now. */
  static async create(options: RecordingOptions): Promise<Recording> {
    const recording = new Recording(options);
    try {
      if (recording.#isRotated) recording.#number = (await listParts(options.path)).at(-1)?.number ?? 0;
      else recording.#file = await RecordFile.create(options.path);
    } catch (error) {
      throw unwritable(options.path, error);
    }
    return recording;
  }

  /** True while packets are not recorded. */
  get isPaused(): boolean {
    return this.#pausedAtMs >= 0;
  }

  /** Takes the rows of a batch of which all interfaces are known. Never rejects. */
  async write(batch: PacketBatch, interfaces: readonly CaptureInterface[]): Promise<void> {
    await this.#flushing;
    if (this.isPaused) await this.#resume(batch.tsSeconds[batch.start]!);
    for (let i = batch.start; i < batch.count; i++) {
      if (this.isPaused) {
        this.#lost += batch.count - i;
        return;
      }
      const seconds = batch.tsSeconds[i]!;
      if (this.#isOver(seconds)) await this.#endFile();
      if (this.#buffered === 0 && (this.#file === null || this.#file.bytes + this.#writer.length === 0)) {
        this.#firstSeconds = seconds;
      }
      this.#describe(interfaces);
      const capLen = batch.capLen[i]!;
      if (!this.#writer.fits(capLen)) await this.flush();
      // An interface that was never described has no number in the file.
      if (batch.interfaceId[i]! >= this.#described || !this.#writer.fits(capLen)) continue;
      this.#writer.row(batch, i, interfaces[batch.interfaceId[i]!]!.timeDigits === 9 ? 9 : 6);
      this.#buffered++;
    }
  }

  /** Writes what is waiting. Never rejects; may be called at any time. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const writer = this.#writer;
    if (writer.length === 0 || this.isPaused || this.#isClosed) return;
    const packets = this.#buffered;
    const blocks = writer.bytes.subarray(0, writer.length);
    try {
      this.#file ??= await this.#nextFile();
      await this.#file.append(blocks);
    } catch (error) {
      this.#pause(error);
      this.#lost += packets;
    }
    writer.length = 0;
    this.#buffered = 0;
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.flush();
    this.#isClosed = true;
    await this.#file?.close().catch(() => {});
    this.#file = null;
  }

  #isOver(seconds: number): boolean {
    const { maxBytes = Infinity, everySeconds = Infinity } = this.#options;
    const bytes = (this.#file?.bytes ?? 0) + this.#writer.length;
    return bytes > 0 && (bytes >= maxBytes || seconds >= this.#firstSeconds + everySeconds);
  }

  async #endFile(): Promise<void> {
    await this.flush();
    if (this.isPaused) return;
    await this.#file?.close().catch(() => {});
    this.#file = null;
    this.#described = 0;
  }

  async #nextFile(): Promise<RecordFile> {
    const { path, keep } = this.#options;
    if (!this.#isRotated) return RecordFile.create(path);
    const file = await RecordFile.create(partName(path, this.#number + 1, this.#firstSeconds));
    this.#number++;
    if (keep !== undefined) await removeOldParts(path, keep);
    return file;
  }

  /** The section's header where the file begins, and interfaces that are new. */
  #describe(interfaces: readonly CaptureInterface[]): void {
    const writer = this.#writer;
    if (this.#described === interfaces.length && this.#described > 0) return;
    if (!writer.fitsHeader(interfaces.length - this.#described)) return;
    if (this.#described === 0) writer.section();
    for (const { name, linkType, snapLen, timeDigits } of interfaces.slice(this.#described)) {
      writer.interface(name, linkType, snapLen, timeDigits === 9 ? 9 : 6);
    }
    this.#described = interfaces.length;
  }

  #pause(error: unknown): void {
    const path = this.#file?.path ?? this.#options.path;
    this.#pausedAtMs = this.#now();
    this.#lost = 0;
    this.#options.onNotice(
      `${(unwritable(path, error) as Error).message}; recording pauses, the analysis goes on`,
    );
  }

  /**
   * Tries again after a while. Of several files the next one begins, with the oldest removed first, as that may be
   * what makes room; a single file goes on where it was cut.
   */
  async #resume(seconds: number): Promise<void> {
    if (this.#now() < this.#pausedAtMs + RETRY_MS) return;
    this.#pausedAtMs = this.#now();
    const { path, keep } = this.#options;
    try {
      if (this.#isRotated && this.#file !== null) {
        if (keep !== undefined) await removeOldParts(path, keep);
        await this.#file.close().catch(() => {});
        this.#file = null;
      }
      // A section of its own tells that packets are missing before it.
      this.#described = 0;
      if (this.#file === null) this.#firstSeconds = seconds;
      this.#file ??= await this.#nextFile();
      await this.#file.append(probe());
    } catch {
      return;
    }
    this.#pausedAtMs = -1;
    this.#options.onNotice(
      `recording goes on in ${this.#file.path}; ${formatPlural(this.#lost, 'packet')} were not recorded`,
    );
  }
}

/** As long as a section without a packet can be: what shows that there is room again. */
function probe(): Uint8Array {
  const writer = new PcapngWriter(256);
  writer.section();
  return writer.bytes.subarray(0, writer.length);
}
