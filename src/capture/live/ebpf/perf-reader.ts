/**
 * Reads perf event buffers, one for each CPU, where the kernel has no BPF ring buffer (before 5.8). Frames are copied
 * out: a record may be split by the end of its buffer, and a VLAN tag has to be put back. Those of several CPUs are
 * ordered by their times.
 */
import type { PacketBatch } from '../../../packet/batch.ts';
import type { LoadedObject } from './object.ts';
import { closeFd, enablePerfEvent, type Mapping, mapShared, openPerfEvent, pageBytes } from './libc.ts';
import { requireOk } from './libbpf.ts';
import { type PacketReader, RECORD, type RowWriter } from './record.ts';

/** Offsets in the first page: `data_head`, `data_tail`. */
const HEAD_WORD = 1024 / 4;
const TAIL_WORD = 1032 / 8;
const EVENT_HEADER_BYTES = 8;
const RAW_SIZE_BYTES = 4;
const EVENT_SAMPLE = 9;
/** A frame's own bytes, its record, and room to begin the next at a round offset. */
const MAX_EVENT_BYTES = 65_536;
const MIN_CPU_BYTES = 128 * 1024;
const COPY_BYTES = 4 * 1024 * 1024;
const TAG_BYTES = 4;
const MACS_BYTES = 12;
const ATTRIBUTE_BYTES = 112;
const TYPE_SOFTWARE = 1;
const CONFIG_BPF_OUTPUT = 10;
const SAMPLE_RAW = 1 << 10;

interface CpuBuffer {
  readonly fd: number;
  readonly mapping: Mapping;
  readonly bytes: Uint8Array;
  readonly head: Uint32Array;
  readonly tail: BigInt64Array;
  read: number;
  /** Of the event at `read`: its time in nanoseconds; Infinity when there is none. */
  timeNs: number;
}

export class PerfReader implements PacketReader {
  readonly #batch: PacketBatch;
  readonly #rows: RowWriter;
  readonly #cpus: CpuBuffer[] = [];
  readonly #bufferBytes: number;
  readonly #copy = new Uint8Array(COPY_BYTES);
  readonly #words = new Uint32Array(this.#copy.buffer);
  readonly #view: DataView;
  readonly #event = new Uint8Array(MAX_EVENT_BYTES);

  /** `bufferBytes`: of all CPUs together, a power of two. */
  constructor(object: LoadedObject, bufferBytes: number, batch: PacketBatch, rows: RowWriter) {
    this.#batch = batch;
    this.#rows = rows;
    this.#view = new DataView(this.#event.buffer);
    batch.bytes = this.#copy;
    batch.byteLength = COPY_BYTES;
    const cpus = requireOk('the number of CPUs', object.bpf.libbpf_num_possible_cpus());
    this.#bufferBytes = Math.max(MIN_CPU_BYTES, bufferBytes / 2 ** Math.ceil(Math.log2(cpus)));
    try {
      for (let cpu = 0; cpu < cpus; cpu++) this.#open(object, cpu);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  fill(): number {
    for (const cpu of this.#cpus) this.#peek(cpu);
    const { capacity } = this.#batch;
    let count = 0;
    let at = 0;
    while (count < capacity && at + MAX_EVENT_BYTES + 64 <= COPY_BYTES) {
      const cpu = this.#earliest();
      if (cpu === null) break;
      const bytes = this.#take(cpu, at);
      if (bytes > 0) {
        this.#rows.write(this.#words, at >>> 2, count, at + RECORD.bytes);
        count++;
        at = (at + bytes + 7) & ~7;
      }
      this.#peek(cpu);
    }
    for (const cpu of this.#cpus) Atomics.store(cpu.tail, 0, BigInt(cpu.read));
    return count;
  }

  release(): void {
    // Frames are copies.
  }

  close(): void {
    for (const { fd, mapping } of this.#cpus.splice(0)) {
      mapping.release();
      closeFd(fd);
    }
  }

  #open(object: LoadedObject, cpu: number): void {
    const attributes = Buffer.alloc(ATTRIBUTE_BYTES);
    attributes.writeUInt32LE(TYPE_SOFTWARE, 0);
    attributes.writeUInt32LE(ATTRIBUTE_BYTES, 4);
    attributes.writeUInt32LE(CONFIG_BPF_OUTPUT, 8);
    // One event a sample; nobody waits for a wake-up.
    attributes.writeUInt32LE(1, 16);
    attributes.writeUInt32LE(SAMPLE_RAW, 24);
    const fd = openPerfEvent(attributes, cpu);
    const page = pageBytes();
    const mapping = mapShared(fd, page + this.#bufferBytes, 0, true);
    this.#cpus.push({
      fd,
      mapping,
      bytes: new Uint8Array(mapping.buffer, page),
      head: new Uint32Array(mapping.buffer, 0, page / 4),
      tail: new BigInt64Array(mapping.buffer, 0, page / 8).subarray(TAIL_WORD, TAIL_WORD + 1),
      read: 0,
      timeNs: Infinity,
    });
    const key = Buffer.alloc(4);
    const value = Buffer.alloc(4);
    key.writeUInt32LE(cpu);
    value.writeUInt32LE(fd);
    requireOk('perf event array', object.bpf.bpf_map_update_elem(object.channelFd, key, value, 0));
    enablePerfEvent(fd);
  }

  #earliest(): CpuBuffer | null {
    let earliest: CpuBuffer | null = null;
    for (const cpu of this.#cpus) if (cpu.timeNs < (earliest?.timeNs ?? Infinity)) earliest = cpu;
    return earliest;
  }

  /** Looks at the event that comes next, and passes over those that carry no frame. */
  #peek(cpu: CpuBuffer): void {
    cpu.timeNs = Infinity;
    for (;;) {
      const available = (Atomics.load(cpu.head, HEAD_WORD) - (cpu.read % 0x1_0000_0000)) >>> 0;
      if (available < EVENT_HEADER_BYTES) return;
      this.#copyOut(cpu, cpu.read, EVENT_HEADER_BYTES + RAW_SIZE_BYTES + 8, this.#event, 0);
      const size = this.#view.getUint16(6, true);
      if (this.#view.getUint32(0, true) === EVENT_SAMPLE) {
        const low = this.#view.getUint32(EVENT_HEADER_BYTES + RAW_SIZE_BYTES, true);
        const high = this.#view.getUint32(EVENT_HEADER_BYTES + RAW_SIZE_BYTES + 4, true);
        cpu.timeNs = high * 0x1_0000_0000 + low;
        return;
      }
      // PERF_RECORD_LOST: the program has counted them.
      cpu.read += size;
    }
  }

  /** Copies a record with its frame, tag restored, to `at`; gives its bytes, 0 when it is too short to be one. */
  #take(cpu: CpuBuffer, at: number): number {
    this.#copyOut(cpu, cpu.read, EVENT_HEADER_BYTES, this.#event, 0);
    const size = this.#view.getUint16(6, true);
    const from = cpu.read + EVENT_HEADER_BYTES + RAW_SIZE_BYTES;
    cpu.read += size;
    if (size < EVENT_HEADER_BYTES + RAW_SIZE_BYTES + RECORD.bytes) return 0;
    this.#copyOut(cpu, from, RECORD.bytes, this.#copy, at);
    const word = at >>> 2;
    const frameBytes = this.#words[word + RECORD.capLen]!;
    if (frameBytes > size - EVENT_HEADER_BYTES - RAW_SIZE_BYTES - RECORD.bytes) return 0;
    const frame = at + RECORD.bytes;
    const tag = this.#words[word + RECORD.vlanTag]!;
    if (tag === 0 || frameBytes < MACS_BYTES) {
      this.#copyOut(cpu, from + RECORD.bytes, frameBytes, this.#copy, frame);
      return RECORD.bytes + frameBytes;
    }
    this.#copyOut(cpu, from + RECORD.bytes, MACS_BYTES, this.#copy, frame);
    this.#copy[frame + 12] = tag >>> 24;
    this.#copy[frame + 13] = tag >>> 16;
    this.#copy[frame + 14] = tag >>> 8;
    this.#copy[frame + 15] = tag;
    const rest = frameBytes - MACS_BYTES;
    this.#copyOut(cpu, from + RECORD.bytes + MACS_BYTES, rest, this.#copy, frame + MACS_BYTES + TAG_BYTES);
    this.#words[word + RECORD.capLen] = frameBytes + TAG_BYTES;
    return RECORD.bytes + frameBytes + TAG_BYTES;
  }

  #copyOut(cpu: CpuBuffer, position: number, length: number, to: Uint8Array, at: number): void {
    const start = position % this.#bufferBytes;
    const first = Math.min(length, this.#bufferBytes - start);
    to.set(cpu.bytes.subarray(start, start + first), at);
    if (first < length) to.set(cpu.bytes.subarray(0, length - first), at + first);
  }
}
