import type { HotMemory } from '../hot/memory.ts';
import {
  KEYS,
  RECORD,
  RECORD_BASE,
  RECORD_BYTES,
  RECORD_WAY,
  STATE,
  WAY,
  WAY_BYTES,
  WAY_FIELD,
} from '../hot/layout.ts';
import { IP_PROTOCOL, LAYER } from '../packet/layer.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { FlowColumns } from './columns.ts';
import { BLOCK, PAYLOAD_HIGH, PAYLOAD_LOW, ROW, SEEN, W } from './tcp-endpoint.ts';

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

/** Words of a direction. */
const F = {
  flags: WAY_FIELD.flags >>> 2,
  layers: WAY_FIELD.layers >>> 2,
  source: WAY_FIELD.source >>> 2,
  destination: WAY_FIELD.destination >>> 2,
  packets: WAY_FIELD.packets >>> 2,
  ipBytes: WAY_FIELD.ipBytes >>> 2,
  start: WAY_FIELD.start >>> 2,
  last: WAY_FIELD.last >>> 2,
  ack: WAY_FIELD.ack >>> 2,
  seenRel: WAY_FIELD.seenRel >>> 2,
  trimRel: WAY_FIELD.trimRel >>> 2,
} as const;

/** What the flow table keeps by direction (0 the originator's) and slot, and the rows of `tcp-endpoint.ts`. */
export interface LaneCounters {
  readonly words: Uint32Array;
  readonly packets: readonly Uint32Array[];
  readonly ipBytes: readonly Float64Array[];
  readonly tcpFlags: readonly Uint8Array[];
}

/** How a packet came that its flow is admitted after. */
export interface Admission {
  readonly direction: number;
  /** Devices that it was counted for, -1 for none. */
  readonly source: number;
  readonly destination: number;
  /** Directions of which no more payload is looked at, as bits. */
  readonly inspected: number;
  /** Packet time at which a timer ends the flow, in seconds; Infinity without. */
  readonly until: number;
}

/**
 * The express lane: records of flows whose packets mostly add to counters. `run` takes such packets without anybody
 * else looking at them; what it counted lies in the flow's record until `settle` brings it to the table. A record is
 * either live or parked: parked ones keep what is known of the flow's directions until it is admitted again.
 *
 * Which packets take it depends on their content and order alone, and it changes no result.
 */
export class ExpressLane {
  readonly words: Uint32Array;
  readonly #memory: HotMemory;
  /** By slot: its record + 1, 0 for none. */
  #records = new Uint16Array(0);

  constructor(memory: HotMemory, shortestTimeout: number) {
    this.#memory = memory;
    this.words = memory.words;
    this.words[STATE.shortestTimeout >>> 2] = shortestTimeout;
  }

  resize(capacity: number): void {
    const records = new Uint16Array(capacity);
    records.set(this.#records);
    this.#records = records;
  }

  /** To be called once for a batch, before `run`. */
  probe(batch: PacketBatch): void {
    this.#memory.core.probe(batch.base, batch.start, batch.count);
  }

  /** First row from `i` on that has to go the long way; `batch.count` when none has. */
  run(batch: PacketBatch, i: number): number {
    return this.#memory.core.run(batch.base, i, batch.count);
  }

  /** True when packets like row `i` can take the lane. */
  canTake(batch: PacketBatch, i: number): boolean {
    return (batch.layers[i]! & ~ADMITTED) === 0 && batch.subframeOffset[i] === 0;
  }

  /** Lets the packets of `slot` in from now on, after row `i` was counted for it. */
  admit(
    flows: FlowColumns,
    counters: LaneCounters,
    batch: PacketBatch,
    i: number,
    slot: number,
    how: Admission,
  ): void {
    const seconds = batch.tsSeconds[i]!;
    const nanos = batch.tsNanos[i]!;
    // After its close a flow's packets do not move its end.
    if (flows.lastSeconds[slot] !== seconds || flows.lastNanos[slot] !== nanos) return;
    const { words } = this;
    const { bytes, doubles } = this.#memory;
    const known = this.#records[slot]! - 1;
    const record = known >= 0 ? known : this.#enter(flows, counters, batch, i, slot);
    const at = wordOf(record);
    words[at + R.lastSeconds] = seconds;
    words[at + R.lastNanos] = nanos;
    words[at + R.until] = how.until < 0xffff_ffff ? Math.max(0, Math.ceil(how.until) - 2) : 0xffff_ffff;
    const isTcp = flows.ipProtocol[slot] === IP_PROTOCOL.tcp;
    for (let direction = 0; direction < 2; direction++) {
      const block = slot * ROW + direction * BLOCK;
      const own = wayOf(record, direction);
      const status = counters.words[block + W.status]!;
      let flags = words[own + F.flags]! & WAY.known;
      if (direction === how.direction) flags |= WAY.known;
      if ((how.inspected & (1 << direction)) !== 0) flags |= WAY.inspected;
      if ((status & SEEN.data) !== 0) flags |= WAY.data;
      if ((status & SEEN.ack) !== 0) flags |= WAY.ack;
      words[own + F.flags] = flags;
      words[own + F.packets] = 0;
      words[own + F.ipBytes] = 0;
      bytes[own * 4 + WAY_FIELD.tcpFlags] = 0;
      words[own + F.last] = 0;
      if (!isTcp) continue;
      words[own + F.start] = counters.words[block + W.start]!;
      words[own + F.last] = counters.words[block + W.last]!;
      words[own + F.ack] = counters.words[block + W.ack]!;
      words[own + F.seenRel] = counters.words[block + W.seenRel]!;
      words[own + F.trimRel] = counters.words[block + W.trimRel]!;
    }
    const own = wayOf(record, how.direction);
    words[own + F.layers] = batch.layers[i]!;
    words[own + F.source] = how.source;
    words[own + F.destination] = how.destination;
    bytes[own * 4 + WAY_FIELD.ttl] = batch.ttl[i]!;
    doubles[(own * 4 + WAY_FIELD.srcMac) >>> 3] = batch.srcMac[i]!;
    doubles[(own * 4 + WAY_FIELD.dstMac) >>> 3] = batch.dstMac[i]!;
  }

  /** A record for the flow of row `i`, whose directions are not known yet. */
  #enter(flows: FlowColumns, counters: LaneCounters, batch: PacketBatch, i: number, slot: number): number {
    const { core, halves, bytes } = this.#memory;
    const { words } = this;
    const record = core.place(batch.base, i);
    const at = wordOf(record);
    if (words[(KEYS >>> 2) + record] !== 0) this.leave(flows, counters, words[at + R.slot]!);
    core.open(batch.base, i, record);
    this.#records[slot] = record + 1;
    words[at + R.slot] = slot;
    for (let w = 0; w < 4; w++) {
      words[at + R.origIp + w] = flows.origIp[slot * 4 + w]!;
      words[at + R.respIp + w] = flows.respIp[slot * 4 + w]!;
    }
    halves[at * 2 + (RECORD.origPort >>> 1)] = flows.origPort[slot]!;
    halves[at * 2 + (RECORD.respPort >>> 1)] = flows.respPort[slot]!;
    bytes[at * 4 + RECORD.ipProtocol] = flows.ipProtocol[slot]!;
    words[wayOf(record, 0) + F.flags] = 0;
    words[wayOf(record, 1) + F.flags] = 0;
    return record;
  }

  /** Brings what was counted for a flow to its columns; it goes the long way until it is admitted again. */
  settle(flows: FlowColumns, counters: LaneCounters, slot: number): void {
    const record = this.#records[slot]! - 1;
    if (record < 0) return;
    const { words } = this;
    const at = wordOf(record);
    if (words[at + R.until] === 0) return;
    words[at + R.until] = 0;
    flows.lastSeconds[slot] = words[at + R.lastSeconds]!;
    flows.lastNanos[slot] = words[at + R.lastNanos]!;
    const isTcp = flows.ipProtocol[slot] === IP_PROTOCOL.tcp;
    for (let direction = 0; direction < 2; direction++) {
      const own = wayOf(record, direction);
      const block = slot * ROW + direction * BLOCK;
      counters.packets[direction]![slot]! += words[own + F.packets]!;
      counters.ipBytes[direction]![slot]! += words[own + F.ipBytes]!;
      counters.tcpFlags[direction]![slot]! |= this.#memory.bytes[own * 4 + WAY_FIELD.tcpFlags]!;
      const last = words[own + F.last]!;
      if (isTcp) {
        counters.words[block + W.last] = last;
        counters.words[block + W.ack] = words[own + F.ack]!;
        counters.words[block + W.seenRel] = words[own + F.seenRel]!;
        counters.words[block + W.trimRel] = words[own + F.trimRel]!;
      } else {
        const low = counters.words[block + PAYLOAD_LOW]! + last;
        counters.words[block + PAYLOAD_LOW] = low;
        if (low > 0xffff_ffff) counters.words[block + PAYLOAD_HIGH]!++;
      }
    }
  }

  /** Settles a flow and gives its record to others. */
  leave(flows: FlowColumns, counters: LaneCounters, slot: number): void {
    const record = this.#records[slot]! - 1;
    if (record < 0) return;
    this.settle(flows, counters, slot);
    this.words[(KEYS >>> 2) + record] = 0;
    this.words[wordOf(record) + R.slot] = NO_SLOT;
    this.#records[slot] = 0;
  }
}

/** Index of a record's first word. */
function wordOf(record: number): number {
  return (RECORD_BASE + record * RECORD_BYTES) >>> 2;
}

/** Index of the first word of a direction. */
function wayOf(record: number, direction: number): number {
  return (RECORD_BASE + record * RECORD_BYTES + RECORD_WAY + direction * WAY_BYTES) >>> 2;
}
