import type { FlowTable } from '../flow/table.ts';

/** Flows that ended and wait for their scores: rows of features, and what a finding will say of them. */
export class PendingFlows {
  readonly width: number;
  count = 0;
  rows: Float32Array;
  readonly flows: PendingFlow[] = [];

  constructor(width: number, places: number) {
    this.width = width;
    this.rows = new Float32Array(width * places);
  }

  /** Where the next flow's row goes. */
  next(): number {
    if ((this.count + 1) * this.width > this.rows.length) {
      const rows = new Float32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    return this.count * this.width;
  }

  add(flow: PendingFlow): void {
    this.flows.push(flow);
    this.count++;
  }

  /** Forgets the first `count` flows. */
  drop(count: number): void {
    this.rows.copyWithin(0, count * this.width, this.count * this.width);
    this.flows.splice(0, count);
    this.count -= count;
  }
}

/** A flow that ended; its slot may belong to another by now. */
export interface PendingFlow {
  /** Running number of the flow. */
  readonly id: number;
  /** Device index of the originator, -1 for none of this network. */
  readonly device: number;
  /** Words of both addresses, originator first. */
  readonly words: Uint32Array;
  /** Device index of the responder, or -1. */
  readonly target: number;
  readonly ipProtocol: number;
  readonly respPort: number;
  readonly firstSeconds: number;
  readonly firstNanos: number;
  readonly lastSeconds: number;
  readonly lastNanos: number;
  readonly firstPacket: number;
}

export function pendingFlow(flows: FlowTable, slot: number, device: number, target: number): PendingFlow {
  const words = new Uint32Array(8);
  for (let w = 0; w < 4; w++) {
    words[w] = flows.origIp[slot * 4 + w]!;
    words[4 + w] = flows.respIp[slot * 4 + w]!;
  }
  return {
    id: flows.id[slot]!,
    device,
    words,
    target,
    ipProtocol: flows.ipProtocol[slot]!,
    respPort: flows.respPort[slot]!,
    firstSeconds: flows.firstSeconds[slot]!,
    firstNanos: flows.firstNanos[slot]!,
    lastSeconds: flows.lastSeconds[slot]!,
    lastNanos: flows.lastNanos[slot]!,
    firstPacket: flows.firstPacket[slot]!,
  };
}
