/**
 * The room `hot`: what every packet passes through, compiled to WebAssembly, and the memory that it shares with
 * TypeScript. Columns and windows in that memory are ordinary typed arrays; nothing here knows what they mean.
 */
import { CORE } from './core.generated.ts';
import { DEVICE, HEAP, RECORD_BASE, STATE, TUNNEL_PORTS } from './layout.ts';

/** What the assembly exports; `base` is a batch's, rows count from its first. */
interface Core {
  /** Decodes rows [start, end); returns how many it left to the general path. */
  decode(base: number, bytes: number, start: number, end: number): number;
  /** First row from `i` on that cannot take the express lane, or `end`. */
  run(base: number, i: number, end: number): number;
  /** Looks up the records of rows [i, end) in advance. */
  probe(base: number, i: number, end: number): void;
  /** Columns of the source from records of classic pcap; the row after the last. */
  frame(
    base: number,
    bytes: number,
    at: number,
    end: number,
    row: number,
    capacity: number,
    swapped: number,
    nanosPerUnit: number,
    linkType: number,
    maxFrame: number,
  ): number;
  /** Adds rows [start, end), at least one, to the totals. */
  total(base: number, start: number, end: number): void;
  /** The record for the tuple of row `i`. */
  place(base: number, i: number): number;
  /** Makes record `n` be found by the tuple of row `i`. */
  open(base: number, i: number, n: number): void;
}

/** Pages of one analysis: what does not fit lies elsewhere and takes the long way, with the same result. */
const PAGES = 224;

let compiled: WebAssembly.Module | null = null;

/** What was given back, for the next analysis of this process: making one costs more than a small capture. */
const idle: HotMemory[] = [];
const MOST_IDLE = 4;

/** Memory of one analysis. Who opens one closes it when nothing reads from it any more. */
export class HotMemory {
  /** Empty memory, used before or new. */
  static open(): HotMemory {
    return idle.pop() ?? new HotMemory();
  }

  readonly buffer: ArrayBuffer;
  readonly core: Core;
  /** The whole memory as words. */
  readonly words: Uint32Array;
  readonly signed: Int32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  #next = HEAP;

  private constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(CORE, 'base64'));
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
    this.core = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Core;
    this.buffer = memory.buffer;
    this.words = new Uint32Array(this.buffer);
    this.signed = new Int32Array(this.buffer);
    this.halves = new Uint16Array(this.buffer);
    this.bytes = new Uint8Array(this.buffer);
    this.doubles = new Float64Array(this.buffer);
  }

  /** Gives the memory back: whatever lies in it may be overwritten from now on. */
  close(): void {
    if (idle.length >= MOST_IDLE) return;
    this.bytes.fill(0, STATE.seconds, TUNNEL_PORTS);
    this.bytes.fill(0, DEVICE.packetsOut, RECORD_BASE);
    this.#next = HEAP;
    idle.push(this);
  }

  /** Address of `bytes` bytes of any content, aligned to cache lines; -1 when there is no room. They are not given back. */
  take(bytes: number): number {
    const at = this.#next;
    const next = at + Math.ceil(bytes / 64) * 64;
    if (next > this.buffer.byteLength) return -1;
    this.#next = next;
    return at;
  }
}
