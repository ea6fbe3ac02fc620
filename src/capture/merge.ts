import type { PacketBatch } from '../packet/batch.ts';
import type { Input } from './input.ts';

/**
 * Several captures as one, in time order; equal times in the order of the inputs. Within an input the file's own order
 * is kept, even where its times run backwards. Nothing is copied: the batch of an input is handed out again and
 * again, each time with `start` and `count` around the rows that come before the other inputs' next packet.
 */
export async function* mergeInputs(inputs: readonly Input[]): AsyncGenerator<PacketBatch, void, undefined> {
  const heap = new HeadHeap();
  for (const input of inputs) if (await input.next()) heap.push(new Head(input));
  for (;;) {
    const head = heap.top;
    if (!head) return;
    const { batch } = head.input;
    const stop = heap.rival ? head.rowsBefore(heap.rival) : head.rows;
    batch.start = head.row;
    batch.count = stop;
    yield batch;
    head.row = stop;
    if (stop === head.rows) {
      // All rows were handed out: the input may overwrite them (and poisons all of them when asked to).
      if (!(await head.input.next())) {
        heap.pop();
        continue;
      }
      head.row = 0;
      head.rows = batch.count;
    }
    heap.sink(0);
  }
}

/** The next row of one input. */
class Head {
  readonly input: Input;
  row = 0;
  rows: number;

  constructor(input: Input) {
    this.input = input;
    this.rows = input.batch.count;
  }

  /** The row up to which this input comes first; at least one row further. */
  rowsBefore(rival: Head): number {
    const { tsSeconds, tsNanos, input } = this.input.batch;
    const other = rival.input.batch;
    const seconds = other.tsSeconds[rival.row]!;
    const nanos = other.tsNanos[rival.row]!;
    const winsTies = input < other.input;
    let row = this.row + 1;
    for (; row < this.rows; row++) {
      const s = tsSeconds[row]!;
      if (s > seconds) break;
      if (s === seconds) {
        const n = tsNanos[row]!;
        if (n > nanos || (n === nanos && !winsTies)) break;
      }
    }
    return row;
  }

  isBefore(other: Head): boolean {
    const a = this.input.batch;
    const b = other.input.batch;
    const seconds = a.tsSeconds[this.row]! - b.tsSeconds[other.row]!;
    if (seconds !== 0) return seconds < 0;
    const nanos = a.tsNanos[this.row]! - b.tsNanos[other.row]!;
    return nanos !== 0 ? nanos < 0 : a.input < b.input;
  }
}

/** Binary heap of inputs by the time of their next packet. */
class HeadHeap {
  private readonly heads: Head[] = [];

  get top(): Head | undefined {
    return this.heads[0];
  }

  /** The one that comes after the top. */
  get rival(): Head | undefined {
    const left = this.heads[1];
    const right = this.heads[2];
    return left && right && right.isBefore(left) ? right : left;
  }

  push(head: Head): void {
    const { heads } = this;
    let at = heads.push(head) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!heads[at]!.isBefore(heads[parent]!)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): void {
    const last = this.heads.pop();
    if (last && this.heads.length > 0) {
      this.heads[0] = last;
      this.sink(0);
    }
  }

  sink(at: number): void {
    const { heads } = this;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < heads.length && heads[left]!.isBefore(heads[least]!)) least = left;
      if (right < heads.length && heads[right]!.isBefore(heads[least]!)) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    const head = this.heads[a]!;
    this.heads[a] = this.heads[b]!;
    this.heads[b] = head;
  }
}
