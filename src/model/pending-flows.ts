import { FlowFacts } from '../detect/features/flow-facts.ts';
import type { Flows } from '../flow/flows.ts';

/**
 * A flow that ended; its slot may belong to another by now. Records are used again when the flow has its score: nobody
 * keeps one, as what lives for a thousand flows is what a garbage collector copies.
 */
export class PendingFlow {
  /** What its row is completed from, addresses included. */
  readonly facts = new FlowFacts();
  /** Running number of the flow. */
  id = 0;
  /** Device index of the originator, -1 for none of this network. */
  device = -1;
  /** Device index of the responder, or -1. */
  target = -1;
  firstSeconds = 0;
  firstNanos = 0;
  lastSeconds = 0;
  lastNanos = 0;
  firstPacket = 0;
}

/** Flows that ended and wait for their scores. */
export class PendingFlows {
  readonly width: number;
  count = 0;
  rows: Float32Array;
  /** Those that wait, and behind them records for the next ones. */
  readonly flows: PendingFlow[] = [];

  constructor(width: number, places: number) {
    this.width = width;
    this.rows = new Float32Array(width * places);
  }

  /** Takes the flow in `slot`; its facts and its row, the last ones, are for the caller to fill. */
  add(table: Flows, slot: number, device: number, target: number): PendingFlow {
    if ((this.count + 1) * this.width > this.rows.length) {
      const rows = new Float32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    const flow = (this.flows[this.count] ??= new PendingFlow());
    flow.id = table.id[slot]!;
    flow.device = device;
    flow.target = target;
    flow.firstSeconds = table.firstSeconds[slot]!;
    flow.firstNanos = table.firstNanos[slot]!;
    flow.lastSeconds = table.lastSeconds[slot]!;
    flow.lastNanos = table.lastNanos[slot]!;
    flow.firstPacket = table.firstPacket[slot]!;
    this.count++;
    return flow;
  }

  /** Forgets the first `count` flows. */
  drop(count: number): void {
    this.rows.copyWithin(0, count * this.width, this.count * this.width);
    this.flows.push(...this.flows.splice(0, count));
    this.count -= count;
  }
}
