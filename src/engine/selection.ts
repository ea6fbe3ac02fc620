import type { PacketBatch } from '../packet/batch.ts';

/** Which packets an analysis looks at. The parts apply in the order given here. */
export interface Selection {
  /** Inclusive, epoch seconds with fraction. */
  readonly since?: number;
  /** Exclusive, epoch seconds with fraction. */
  readonly until?: number;
  /** A compiled filter over decoded headers. */
  readonly filter?: (batch: PacketBatch, index: number) => boolean;
  /** Packets at most, counted after the others. */
  readonly limit?: number;
}

/** Applies a selection to batches; keeps count for the limit. */
export class Selector {
  /** True when the limit is reached: nothing more will be chosen. */
  isSatisfied = false;
  private readonly since: number;
  private readonly until: number;
  private readonly filter: Selection['filter'];
  private left: number;
  private mask = new Uint8Array(0);

  constructor(selection: Selection) {
    this.since = selection.since ?? Number.NEGATIVE_INFINITY;
    this.until = selection.until ?? Number.POSITIVE_INFINITY;
    this.filter = selection.filter;
    this.left = selection.limit ?? Number.POSITIVE_INFINITY;
    this.isSatisfied = this.left <= 0;
  }

  /** One byte a row: 1 where the packet is chosen. Valid until the next call. */
  choose(batch: PacketBatch): Uint8Array {
    if (this.mask.length < batch.capacity) this.mask = new Uint8Array(batch.capacity);
    const { mask } = this;
    for (let i = batch.start; i < batch.count; i++) {
      const time = batch.tsSeconds[i]! + batch.tsNanos[i]! / 1e9;
      const chosen =
        this.left > 0 &&
        time >= this.since &&
        time < this.until &&
        (this.filter === undefined || this.filter(batch, i));
      mask[i] = chosen ? 1 : 0;
      if (chosen) this.left--;
    }
    this.isSatisfied = this.left <= 0;
    return mask;
  }
}
