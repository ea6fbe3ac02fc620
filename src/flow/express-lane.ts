import { type HotMemory, KEYS, RECORD_BASE } from '../hot/memory.ts';
import { RECORD, RECORD_BYTES, RECORD_WAY, STATE, WAY, WAY_BYTES, WAY_FIELD } from '../hot/layout.ts';
import { LAYER } from '../packet/layer.ts';
import type { PacketBatch } from '../packet/batch.ts';

/** Layers of packets that are admitted: what may be different from one packet to the next is among the others. */
const ADMITTED =
  LAYER.ethernet | LAYER.vlan | LAYER.ipv4 | LAYER.ipv6 | LAYER.tcp | LAYER.udp | LAYER.linkGroup;

/** Words of a record. */
const R = {
  origIp: RECORD.origIp >>> 2,
  respIp: RECORD.respIp >>> 2,
  slot: RECORD.slot >>> 2,
  lastSeconds: RECORD.lastSeconds >>> 2,
  lastNanos: RECORD.lastNanos >>> 2,
  until: RECORD.until >>> 2,
} as const;
const NO_SLOT = 0xffff_ffff;

/**
 * The express lane: records of flows whose packets mostly add to counters. `run` takes such packets without anybody
 * else looking at them; what it counted lies in the flow's record until `settle` brings it to the table. A record is
 * either live or parked: parked ones keep what is known of the flow's directions until it is admitted again.
 *
 * Which packets take it depends on their content and order alone, and it changes no result.
 */
export class ExpressLane {
  readonly memory: HotMemory;
  readonly words: Uint32Array;

  constructor(memory: HotMemory, shortestTimeout: number) {
    this.memory = memory;
    this.words = memory.words;
    this.words[STATE.shortestTimeout >>> 2] = shortestTimeout;
  }

  /** First row from `i` on that has to go the long way; `batch.count` when none has. */
  run(batch: PacketBatch, i: number): number {
    return this.memory.core.run(batch.base, i, batch.count);
  }

  /** To be called once for a batch, before `run`. */
  probe(batch: PacketBatch): void {
    this.memory.core.probe(batch.base, batch.start, batch.count);
  }

  /** True when packets like row `i` can take the lane. */
  canTake(batch: PacketBatch, i: number): boolean {
    return (batch.layers[i]! & ~ADMITTED) === 0 && batch.subframeOffset[i] === 0;
  }

  /** A record for the flow of row `i`, which is not in the lane; `owner` tells whose it was until now. */
  place(batch: PacketBatch, i: number): number {
    return this.memory.core.place(batch.base, i);
  }

  /** Slot of the flow that a record belongs to; -1 for none. */
  owner(record: number): number {
    if (this.words[(KEYS >>> 2) + record] === 0) return -1;
    return this.words[wordOf(record) + R.slot]! | 0;
  }

  isLive(record: number): boolean {
    return this.words[wordOf(record) + R.until] !== 0;
  }

  /** The record is nobody's any more. */
  free(record: number): void {
    this.words[(KEYS >>> 2) + record] = 0;
    this.words[wordOf(record) + R.slot] = NO_SLOT;
    this.words[wordOf(record) + R.until] = 0;
  }
}

/** Index of a record's first word. */
export function wordOf(record: number): number {
  return (RECORD_BASE + record * RECORD_BYTES) >>> 2;
}

/** Index of the first word of a direction. */
export function wayOf(record: number, direction: number): number {
  return (RECORD_BASE + record * RECORD_BYTES + RECORD_WAY + direction * WAY_BYTES) >>> 2;
}

export { R, RECORD, WAY, WAY_FIELD };
