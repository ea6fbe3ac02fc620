import type { FlowTable } from '../flow/table.ts';

/** Words of two addresses. */
export const WORDS = 8;

/** Flows that ended and wait for their scores: rows of features, and what a finding will say of them. */
export class PendingFlows {
  readonly width: number;
  count = 0;
  rows: Float32Array;
  /** Words of both addresses of each flow, originator first. */
  words: Uint32Array;
  readonly flows: PendingFlow[] = [];

  constructor(width: number, places: number) {
    this.width = width;
    this.rows = new Float32Array(width * places);
    this.words = new Uint32Array(WORDS * places);
  }

  /** Where the next flow's row goes. */
  next(): number {
    if ((this.count + 1) * this.width > this.rows.length) {
      const rows = new Float32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
      const words = new Uint32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
    }
    return this.count * this.width;
  }

  /** Takes the flow in `slot`, whose row was written where `next` said. */
  add(table: FlowTable, slot: number, device: number, target: number): void {
    const { words } = this;
    for (let w = 0, to = this.count * WORDS; w < 4; w++, to++) {
      words[to] = table.origIp[slot * 4 + w]!;
      words[to + 4] = table.respIp[slot * 4 + w]!;
    }
    this.flows.push(pendingFlow(table, slot, device, target));
    this.count++;
  }

  /** Forgets the first `count` flows. */
  drop(count: number): void {
    this.rows.copyWithin(0, count * this.width, this.count * this.width);
    this.words.copyWithin(0, count * WORDS, this.count * WORDS);
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

function pendingFlow(flows: FlowTable, slot: number, device: number, target: number): PendingFlow {
  return {
    id: flows.id[slot]!,
    device,
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
