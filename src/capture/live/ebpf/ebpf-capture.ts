/**
 * Live capture by eBPF: programs in traffic control copy each frame of the interfaces, coming and going, into a buffer
 * that this process has mapped, and the pipeline decodes it there.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { CountedTraffic } from '../../../packet/counted-traffic.ts';
import { DEFAULT_BATCH_SIZE, PacketBatch } from '../../../packet/batch.ts';
import type { SourceInfo } from '../../source.ts';
import type { CaptureOptions, LiveCapture, OpenBackend } from '../backend.ts';
import { BootClock } from './boot-clock.ts';
import { Links, NO_ID, requireInterface } from './links.ts';
import { closeFd, openQuerySocket } from './libc.ts';
import { loadLibbpf } from './libbpf.ts';
import { type Channel, hasRingBuffers, type LoadedObject, loadObject } from './object.ts';
import { OffloadCounters } from './offload.ts';
import { PerfReader } from './perf-reader.ts';
import { type PacketReader, RECORD, type RowWriter } from './record.ts';
import { RingReader } from './ring-reader.ts';

export interface EbpfOptions extends CaptureOptions {
  /** Bytes of a frame at most. */
  readonly snapLen?: number;
  /** As a kernel that lacks something would have it: perf events for ring buffers, clsact for links. */
  readonly without?: { readonly ringBuffers?: boolean; readonly links?: boolean; readonly batches?: boolean };
  readonly library?: string;
}

export const EBPF_SNAP_LEN = 65_535;
/** Between two looks at a buffer that was empty, while packets come and when none have come for a while. */
const BUSY_POLL_MS = 4;
const IDLE_POLL_MS = 20;
const IDLE_AFTER_POLLS = 250;
/** Between two looks at interfaces, counts of drops and clocks. */
const CHECK_MS = 500;

/** Between two looks at what the kernel counted. */
const COUNTED_MS = 1000;

const HOW = { tcx: 'TCX', clsact: 'TC', '': 'no interface' } as const;

/** An opened capture: programs are attached, packets are waiting. */
export class EbpfCapture implements LiveCapture {
  readonly channel: Channel;
  readonly #object: LoadedObject;
  readonly #links: Links;
  readonly #reader: PacketReader;
  readonly #clock = new BootClock();
  readonly #batch: PacketBatch;
  readonly #info: SourceInfo;
  /** However this process ends, if it may still run anything: a killed one leaves what `attachment.ts` says. */
  readonly #onExit = (): void => this.stop();
  #isStopped = false;
  #isClosed = false;
  #checkDueMs = 0;
  readonly #counters: OffloadCounters | null;
  #countersDueMs = 0;
  /** Taken, but packets that passed before may still wait to be read; and those of which all have been read. */
  #taken: { readonly traffic: CountedTraffic; readonly seconds: number }[] = [];
  readonly #counted: CountedTraffic[] = [];

  /** COMPONENT_MISSING, NO_PERMISSION, NO_SUCH_INTERFACE. */
  constructor(names: readonly string[], info: SourceInfo, options: EbpfOptions) {
    this.#info = info;
    const query = openQuerySocket();
    try {
      for (const name of names) requireInterface(query, name);
    } finally {
      closeFd(query);
    }
    const { snapLen = EBPF_SNAP_LEN, onNotice, without = {}, library } = options;
    const ringBytes = powerOfTwo(options.kernelBufferBytes);
    const isRing = without.ringBuffers !== true && hasRingBuffers(loadLibbpf(library));
    this.channel = isRing ? 'ring' : 'perf';
    this.#batch = new PacketBatch(options.batchSize ?? DEFAULT_BATCH_SIZE);
    this.#object = loadObject({
      channel: this.channel,
      ringBytes,
      snapLen,
      offload: options.offload ?? null,
      ...(library === undefined ? {} : { library }),
    });
    let reader: PacketReader | null = null;
    try {
      const rows: RowWriter = { write: (words, word, i, frame) => this.#write(words, word, i, frame) };
      reader = isRing
        ? new RingReader(this.#object.channelFd, ringBytes, this.#batch, rows)
        : new PerfReader(this.#object, ringBytes, this.#batch, rows);
      this.#reader = reader;
      this.#links = new Links(names, this.#object, info.interfaces, {
        snapLen,
        onNotice,
        mayLink: without.links !== true,
      });
      const { bpf, offload } = this.#object;
      this.#counters = offload === null ? null : new OffloadCounters(bpf, offload, without.batches !== true);
    } catch (error) {
      reader?.close();
      this.#object.close();
      throw error;
    }
    info.format = 'ebpf';
    info.timeDigits = 9;
    process.once('exit', this.#onExit);
  }

  /** How packets come, for people. */
  get how(): string {
    return `${HOW[this.#links.how]}, ${this.channel === 'ring' ? 'ring buffer' : 'perf events'}`;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    if (!this.#isClosed) this.#links.detach();
  }

  /** What the kernel counted of packets that are not handed out; null when nothing waits. */
  counted(): CountedTraffic | null {
    return this.#counted.shift() ?? null;
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.stop();
    process.off('exit', this.#onExit);
    this.#isClosed = true;
    this.#links.close();
    this.#reader.close();
    this.#object.close();
    return Promise.resolve();
  }

  /** Batches until it is stopped and what was captured is handed out. */
  async *batches(): AsyncGenerator<PacketBatch, void, undefined> {
    const batch = this.#batch;
    let emptyPolls = 0;
    while (!this.#isClosed) {
      // Asked before the buffer is looked at: after the programs are gone nothing comes that this look does not find.
      const isLast = this.#isStopped;
      this.#check();
      this.#takeCounted(isLast);
      const count = this.#reader.fill();
      if (count > 0) {
        emptyPolls = 0;
        batch.start = 0;
        batch.count = count;
        batch.firstPacketNumber = this.#info.packets + 1;
        this.#info.packets += count;
        yield batch;
        if (this.#isClosed) return;
        const last = batch.tsSeconds[count - 1]!;
        this.#reader.release();
        this.#handOver(last);
        // Timers and signals have their turn, however fast packets come.
        await nextTurn();
        continue;
      }
      this.#reader.release();
      this.#handOver(Infinity);
      if (isLast) return;
      await pause(++emptyPolls > IDLE_AFTER_POLLS ? IDLE_POLL_MS : BUSY_POLL_MS);
    }
  }

  #check(): void {
    const nowMs = performance.now();
    if (nowMs < this.#checkDueMs || this.#isStopped) return;
    this.#checkDueMs = nowMs + CHECK_MS;
    this.#clock.adjust();
    this.#links.check();
  }

  #takeCounted(isLast: boolean): void {
    const counters = this.#counters;
    const nowMs = performance.now();
    if (counters === null || (nowMs < this.#countersDueMs && !isLast)) return;
    this.#countersDueMs = nowMs + COUNTED_MS;
    // At the end both: what ran while the one was put in place of the other used either.
    for (let maps = isLast ? 2 : 1; maps > 0; maps--) {
      const traffic = counters.take(this.#clock, (ifindex) => this.#links.idOf(ifindex));
      if (traffic !== null) this.#taken.push({ traffic, seconds: Math.floor(Date.now() / 1000) });
    }
  }

  /** All packets up to `seconds`, not included, were read: what was counted till then belongs to flows that are known. */
  #handOver(seconds: number): void {
    if (this.#taken.length === 0) return;
    for (const { traffic, seconds: takenAt } of this.#taken) {
      if (takenAt < seconds) {
        traffic.rows.firstPacketNumber = this.#info.packets;
        this.#counted.push(traffic);
      }
    }
    this.#taken = this.#taken.filter(({ seconds: takenAt }) => takenAt >= seconds);
  }

  #write(words: Uint32Array, word: number, i: number, frameOffset: number): void {
    const batch = this.#batch;
    const id = this.#links.idOf(words[word + RECORD.ifindex]!);
    batch.frameOffset[i] = frameOffset;
    batch.capLen[i] = words[word + RECORD.capLen]!;
    batch.wireLen[i] = words[word + RECORD.wireLen]!;
    batch.interfaceId[i] = id;
    batch.linkType[i] = id === NO_ID ? NO_ID : this.#links.interfaces[id]!.linkType;
    this.#clock.write(
      words[word + RECORD.timeLow]!,
      words[word + RECORD.timeHigh]!,
      batch.tsSeconds,
      batch.tsNanos,
      i,
    );
  }
}

/** Times are the kernel's, frames are those that come and go, tags are in place, drops are counted. */
export const openEbpf: OpenBackend = (names, info, options) =>
  // As a promise, errors included.
  Promise.resolve().then(() => new EbpfCapture(names, info, options));

function powerOfTwo(bytes: number): number {
  const MIN_BYTES = 64 * 1024;
  return 2 ** Math.ceil(Math.log2(Math.max(MIN_BYTES, bytes)));
}
