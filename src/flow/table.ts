import type { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import { ISSUE, type IssueCounter } from '../packet/issue.ts';
import { IP_PROTOCOL, LAYER, TCP_FLAG } from '../packet/layer.ts';
import { wider } from './columns.ts';
import { DEFAULT_FLOW_CONFIG, type FlowConfig } from './config.ts';
import { FLOW_END, Flows } from './flows.ts';
import { appendHistory, clearHistory } from './history.ts';
import { icmpCounterpart } from './icmp-pair.ts';
import { isDnsPort, isFlippedTcp, isFlippedUdp } from './originator.ts';
import { BLOCK, PAYLOAD_HIGH, PAYLOAD_LOW, ROW, STATUS, W } from './tcp-endpoint.ts';
import { EFFECT, TcpStates } from './tcp-state.ts';
import { endpointHash4, endpointHash6, sameWords, tupleHash, TupleIndex } from './tuple-index.ts';
import { noteLast } from './tcp-sequence.ts';
import { ExpressLane, type LaneCounters } from './express-lane.ts';
import type { HotMemory } from '../hot/memory.ts';
import { TimingWheel } from './wheel.ts';

export { DEFAULT_FLOW_CONFIG, type FlowConfig };

/** Slots that are compared to find the one to evict. */
export const EVICTION_SAMPLE = 16;

/** Slots allocated at first; doubled when they are used up. */
const FIRST_CAPACITY = 1024;

/** Told of flows, in the order of packets. Columns are valid during the call; the table must not be called back. */
export interface FlowListener {
  /** The flow's first packet was counted; it is row `i` of `batch`. */
  flowStart?(slot: number, batch: PacketBatch, i: number): void;
  /** It was known the wrong way round until now: originator and responder changed places. May come before its start. */
  flowTurn?(slot: number): void;
  /** The flow ended; `endReason` of the table says why. */
  flowEnd?(slot: number): void;
}

export interface FlowTableStatistics {
  readonly created: number;
  readonly active: number;
  readonly evicted: number;
}

/** Inactivity timeout classes; a slot of class 0 is free. */
const CLASS = { free: 0, tcp: 1, tcpHandshake: 2, udp: 3, icmp: 4 } as const;

/** Letters of UDP histories and of flips at the start. */
const LETTER_D = 68;
const LETTER_FLIP = 94;

/**
 * The flow table: bidirectional connections with Zeek's semantics. A packet of TCP, UDP, ICMP or ICMPv6 belongs to
 * exactly one flow; others (ARP, other IP protocols, later fragments) to none. The key is addresses, ports and
 * protocol, without VLAN, as in Zeek.
 *
 * Timeouts are exact in packet time: a packet that comes after its flow's deadline starts another flow. When the
 * end of an idle flow is told to the listener is a matter of the timing wheel's second.
 *
 * Bounds: `maxFlows` slots; 283 bytes of typed arrays per slot (`bytesPerSlot`) and 14 of the inspector. The index is
 * seeded by process: crafted tuples lengthen probing in none, and no result hangs on it.
 */
export class FlowTable extends Flows {
  /** Somebody else says what time it is (`advance`, `turnBack`): the times of packets do not move it. */
  isTold = false;
  readonly #issues: IssueCounter;
  readonly #listener: FlowListener;
  readonly #index = new TupleIndex();
  readonly #wheel = new TimingWheel();
  readonly #tcp = new TcpStates();
  /** Inactivity timeouts in seconds by class, and the class of each slot. */
  readonly #timeouts: Float64Array;
  /** Whole seconds within which no inactivity timeout ends. */
  readonly #shortestTimeout: number;
  #timeoutClass = new Uint8Array(0);
  #lane: ExpressLane | null = null;
  readonly #admission = { direction: 0, source: -1, destination: -1, inspected: 0, until: 0 };
  /** The slot freed last, -1 for none; the one freed before it is named in the first word of its row. */
  #free = -1;
  #used = 0;
  #activeCount = 0;
  #created = 0;
  /** What `end` has still to do. */
  #ending: number[] | null = null;
  #evicted = 0;
  #hand = 0;
  /** Columns of originator and responder by direction: an index where a branch would often be mispredicted. */
  #packetsOf: readonly Uint32Array[] = [];
  #ipBytesOf: readonly Float64Array[] = [];
  #tcpFlagsOf: readonly Uint8Array[] = [];
  /** The same, for the express lane. */
  #counters: LaneCounters = { words: new Uint32Array(0), packets: [], ipBytes: [], tcpFlags: [] };
  /** Packet time of the current packet. */
  #seconds = 0;
  #nanos = 0;
  readonly #due: (slot: number) => void;

  constructor(config: FlowConfig, issues: IssueCounter, listener: FlowListener = {}) {
    super(config);
    this.#issues = issues;
    this.#listener = listener;
    this.#timeouts = Float64Array.of(
      0,
      config.tcpInactivityMs / 1000,
      config.tcpHandshakeInactivityMs / 1000,
      config.udpInactivityMs / 1000,
      config.icmpInactivityMs / 1000,
    );
    this.#shortestTimeout = Math.floor(Math.min(...this.#timeouts.subarray(1)));
    this.#due = (slot): void => {
      this.#lane?.settle(this, this.#counters, slot);
      if (this.#isOver(slot)) this.#finish(slot, this.#timeoutReason(slot), false);
      else this.#wheel.add(slot, Math.ceil(this.#deadline(slot)));
    };
    this.#grow(Math.min(FIRST_CAPACITY, powerOfTwo(config.maxFlows)));
  }

  get statistics(): FlowTableStatistics {
    return { created: this.#created, active: this.#activeCount, evicted: this.#evicted };
  }

  /** Flows so far. */
  get created(): number {
    return this.#created;
  }

  /** Flows ended early because the table was full. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Flows active now. */
  get active(): number {
    return this.#activeCount;
  }

  isActive(slot: number): boolean {
    return this.#timeoutClass[slot] !== CLASS.free;
  }

  /** Typed-array bytes per slot at the table's present capacity, index included. */
  get bytesPerSlot(): number {
    let bytes = this.#index.entries.byteLength + this.capacity * TimingWheel.bytesPerSlot;
    for (const array of [this.#timeoutClass, this.#tcp.bits]) {
      bytes += array.byteLength;
    }
    for (const value of Object.values(this)) if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    return bytes / this.capacity;
  }

  /** Moves packet time on: ends what timed out. `packet` does it by itself unless `isTold`. */
  advance(seconds: number, nanos: number): void {
    this.#seconds = seconds;
    this.#nanos = nanos;
    this.#wheel.advance(seconds, this.#due);
  }

  /** It is earlier than was thought: idle flows end in the time that is now counted from. */
  turnBack(seconds: number): void {
    this.#seconds = seconds;
    this.#nanos = 0;
    this.#wheel.turnBack(seconds);
  }

  /** Counts packet `i` and returns the slot of its flow, or -1. Sets `direction`. */
  packet(batch: PacketBatch, i: number): number {
    const seconds = batch.tsSeconds[i]!;
    this.#seconds = seconds;
    this.#nanos = batch.tsNanos[i]!;
    if (seconds > this.#wheel.now && !this.isTold) this.#wheel.advance(seconds, this.#due);

    const layers = batch.layers[i]!;
    let protocol: number;
    const srcPort = batch.srcPort[i]!;
    let dstPort = batch.dstPort[i]!;
    let oneWay = false;
    if ((layers & LAYER.tcp) !== 0) protocol = IP_PROTOCOL.tcp;
    else if ((layers & LAYER.udp) !== 0) protocol = IP_PROTOCOL.udp;
    else if ((layers & (LAYER.icmp | LAYER.icmpv6)) !== 0) {
      const isV6 = (layers & LAYER.icmpv6) !== 0;
      protocol = isV6 ? IP_PROTOCOL.icmpv6 : IP_PROTOCOL.icmp;
      const counterpart = icmpCounterpart(srcPort, isV6);
      oneWay = counterpart < 0;
      if (!oneWay) dstPort = counterpart;
    } else return -1;

    const a = i * 4;
    const { srcIp, dstIp } = batch;
    const s3 = srcIp[a + 3]! | 0;
    const d3 = dstIp[a + 3]! | 0;
    let hash: number;
    let slot: number;
    if ((layers & LAYER.ipv4) !== 0) {
      hash = tupleHash(endpointHash4(s3, srcPort), endpointHash4(d3, dstPort), protocol, 4);
      slot = this.#find4(hash, srcPort, dstPort, s3, d3, oneWay);
    } else {
      const from = endpointHash6(srcIp[a]!, srcIp[a + 1]!, srcIp[a + 2]!, s3, srcPort);
      const to = endpointHash6(dstIp[a]!, dstIp[a + 1]!, dstIp[a + 2]!, d3, dstPort);
      hash = tupleHash(from, to, protocol, 6);
      slot = this.#find6(hash, srcPort, dstPort, srcIp, dstIp, a, oneWay);
    }
    if (slot >= 0) {
      this.#lane?.settle(this, this.#counters, slot);
      // Whole seconds tell nearly always that no timeout ended, without a division.
      const isRecent =
        seconds - this.lastSeconds[slot]! < this.#shortestTimeout && this.timerAt[slot]! > seconds + 1;
      if (!isRecent && this.#isOver(slot)) {
        this.#finish(slot, this.#timeoutReason(slot), true);
        slot = -1;
      } else if (
        protocol === IP_PROTOCOL.tcp &&
        (batch.tcpFlags[i]! & TCP_FLAG.syn) !== 0 &&
        this.#tcp.isReuse(slot, batch, i)
      ) {
        this.#finish(slot, FLOW_END.reused, true);
        slot = -1;
      }
    }
    if (slot >= 0) {
      if (protocol === IP_PROTOCOL.tcp && this.#tcp.usual(slot, this.direction, batch, i)) {
        // Nothing can have changed that timers or states depend on.
        this.lastSeconds[slot] = seconds;
        this.lastNanos[slot] = batch.tsNanos[i]!;
        this.#add(slot, this.direction, batch, i);
      } else this.#count(slot, batch, i, protocol);
      return slot;
    }
    slot = this.#open(batch, i, protocol, srcPort, dstPort, hash);
    this.#count(slot, batch, i, protocol);
    this.#wheel.add(slot, Math.ceil(this.#deadline(slot)));
    this.#listener.flowStart?.(slot, batch, i);
    return slot;
  }

  /** Opens the express lane in this memory. */
  openLane(memory: HotMemory): ExpressLane {
    this.#lane = new ExpressLane(memory, this.#shortestTimeout);
    this.#lane.resize(this.capacity);
    return this.#lane;
  }

  /**
   * Admits the flow `slot` to the express lane after row `i` was counted for it the long way, if nothing speaks against it.
   * `source` and `destination` are the devices that the row was counted for, -1 for none; `inspected` says of which
   * directions no more payload is looked at (1 the originator's, 2 the responder's).
   */
  admit(
    batch: PacketBatch,
    i: number,
    slot: number,
    source: number,
    destination: number,
    inspected: number,
  ): void {
    if (this.ipProtocol[slot] === IP_PROTOCOL.tcp && !this.#tcp.isUndisturbed(slot)) return;
    const at = this.#admission;
    at.direction = this.direction;
    at.source = source;
    at.destination = destination;
    at.inspected = inspected;
    at.until = this.timerAt[slot]!;
    this.#lane!.admit(this, this.#counters, batch, i, slot, at);
  }

  /**
   * Adds packets that were counted elsewhere (row `i`) to their flow, which lasts on; false when it is not known. Time
   * is not moved, no flow begins or ends, and the history says nothing of them.
   */
  credit({ rows, packets, ipBytes, payloadBytes }: CountedTraffic, i: number): boolean {
    const { srcIp, dstIp } = rows;
    const a = i * 4;
    const srcPort = rows.srcPort[i]!;
    const dstPort = rows.dstPort[i]!;
    const protocol = rows.ipProtocol[i]!;
    const s3 = srcIp[a + 3]! | 0;
    const d3 = dstIp[a + 3]! | 0;
    let slot: number;
    if ((rows.layers[i]! & LAYER.ipv4) !== 0) {
      const hash = tupleHash(endpointHash4(s3, srcPort), endpointHash4(d3, dstPort), protocol, 4);
      slot = this.#find4(hash, srcPort, dstPort, s3, d3, false);
    } else {
      const from = endpointHash6(srcIp[a]!, srcIp[a + 1]!, srcIp[a + 2]!, s3, srcPort);
      const to = endpointHash6(dstIp[a]!, dstIp[a + 1]!, dstIp[a + 2]!, d3, dstPort);
      slot = this.#find6(tupleHash(from, to, protocol, 6), srcPort, dstPort, srcIp, dstIp, a, false);
    }
    if (slot < 0) return false;
    this.#lane?.settle(this, this.#counters, slot);
    const { direction } = this;
    this.#packetsOf[direction]![slot]! += packets[i]!;
    this.#ipBytesOf[direction]![slot]! += ipBytes[i]!;
    this.#tcpFlagsOf[direction]![slot]! |= rows.tcpFlags[i]!;
    const words = this.#tcp.words;
    const block = slot * ROW + direction * BLOCK;
    if (protocol === IP_PROTOCOL.tcp) {
      this.credited.add(slot);
      noteLast(words, block, TCP_FLAG.ack, rows.tcpSeq[i]!, payloadBytes[i]!);
    } else {
      const bytes = words[block + PAYLOAD_LOW]! + payloadBytes[i]!;
      words[block + PAYLOAD_LOW] = bytes % 0x1_0000_0000;
      words[block + PAYLOAD_HIGH]! += Math.floor(bytes / 0x1_0000_0000);
    }
    const seconds = rows.tsSeconds[i]!;
    const nanos = rows.tsNanos[i]!;
    const last = this.lastSeconds[slot]!;
    if (
      !this.#tcp.isClosed(slot) &&
      (seconds > last || (seconds === last && nanos > this.lastNanos[slot]!))
    ) {
      this.lastSeconds[slot] = seconds;
      this.lastNanos[slot] = nanos;
    }
    return true;
  }

  /**
   * Ends flows that are left, in the order in which they began, `most` at most; true when none is left. No packets may
   * come between calls that end them in parts.
   */
  end(most: number = Number.POSITIVE_INFINITY): boolean {
    const slots = (this.#ending ??= this.#slotsByBegin());
    for (let n = 0; n < most && slots.length > 0; n++) this.#finish(slots.pop()!, FLOW_END.capture, true);
    if (slots.length > 0) return false;
    this.#ending = null;
    return true;
  }

  /** Slots of the flows that are left, that which began first last. */
  #slotsByBegin(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#used; slot++)
      if (this.#timeoutClass[slot] !== CLASS.free) slots.push(slot);
    return slots.sort((x, y) => this.id[y]! - this.id[x]!);
  }

  /**
   * The slot of an IPv4 tuple, or -1; sets `direction`. Equal hashes mean the same family and protocol, so the
   * last word of an address tells it. Which end sent the packet is calculated, because a branch on it is anybody's
   * guess. Words and hashes are signed here: above 2^31 they would be allocated.
   */
  #find4(hash: number, srcPort: number, dstPort: number, src: number, dst: number, oneWay: boolean): number {
    const { entries, mask } = this.#index;
    const { origIp, respIp, origPort, respPort } = this;
    for (let at = hash & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const slot = entries[at]! - 1;
      if (this.hash[slot] !== hash) continue;
      const orig = origIp[slot * 4 + 3]! | 0;
      const resp = respIp[slot * 4 + 3]! | 0;
      const from = origPort[slot]!;
      const to = respPort[slot]!;
      const forward = (orig ^ src) | (resp ^ dst) | (from ^ srcPort) | (to ^ dstPort);
      const backward = (orig ^ dst) | (resp ^ src) | (from ^ dstPort) | (to ^ srcPort);
      if (forward !== 0 && (backward !== 0 || oneWay)) continue;
      this.direction = (forward | -forward) >>> 31;
      return slot;
    }
    return -1;
  }

  /** As `#find4`, for addresses of four words from `src[a]` and `dst[a]` on. */
  #find6(
    hash: number,
    srcPort: number,
    dstPort: number,
    src: Uint32Array,
    dst: Uint32Array,
    a: number,
    oneWay: boolean,
  ): number {
    const { entries, mask } = this.#index;
    const { origIp, respIp, origPort, respPort } = this;
    for (let at = hash & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const slot = entries[at]! - 1;
      if (this.hash[slot] !== hash) continue;
      const c = slot * 4;
      const isForward = origPort[slot] === srcPort && respPort[slot] === dstPort;
      if (isForward && sameWords(origIp, c, src, a) && sameWords(respIp, c, dst, a)) {
        this.direction = 0;
        return slot;
      }
      const isBackward = origPort[slot] === dstPort && respPort[slot] === srcPort && !oneWay;
      if (isBackward && sameWords(origIp, c, dst, a) && sameWords(respIp, c, src, a)) {
        this.direction = 1;
        return slot;
      }
    }
    return -1;
  }

  /** Packet time of the current packet in seconds. */
  #now(): number {
    return this.#seconds + this.#nanos / 1e9;
  }

  #isOver(slot: number): boolean {
    const now = this.#now();
    if (this.#deadline(slot) > now) return false;
    if (this.ipProtocol[slot] !== IP_PROTOCOL.udp || this.timerAt[slot]! > now) return true;
    // A DNS session: its timer only ends it when it was silent, and is set again otherwise.
    const last = this.#lastTime(slot);
    const interval = Math.max(1, this.config.dnsSessionMs / 1000);
    while (this.timerAt[slot]! <= now) {
      if (this.timerAt[slot]! - last >= interval - 1) return true;
      this.timerAt[slot]! += interval;
    }
    return this.#deadline(slot) <= now;
  }

  #deadline(slot: number): number {
    return Math.min(this.#lastTime(slot) + this.#timeouts[this.#timeoutClass[slot]!]!, this.timerAt[slot]!);
  }

  #open(
    batch: PacketBatch,
    i: number,
    protocol: number,
    srcPort: number,
    dstPort: number,
    hash: number,
  ): number {
    if (this.#activeCount >= this.config.maxFlows) this.#evict(batch, i);
    let slot: number;
    if (this.#free >= 0) {
      slot = this.#free;
      this.#free = this.#tcp.words[slot * ROW]! | 0;
    } else {
      if (this.#used === this.capacity) this.#grow(this.capacity * 2);
      slot = this.#used++;
    }
    this.#activeCount++;
    this.id[slot] = this.#created++;
    this.ipProtocol[slot] = protocol;
    for (let w = 0; w < 4; w++) {
      this.origIp[slot * 4 + w] = batch.srcIp[i * 4 + w]!;
      this.respIp[slot * 4 + w] = batch.dstIp[i * 4 + w]!;
    }
    this.origPort[slot] = srcPort;
    this.respPort[slot] = dstPort;
    this.origMac[slot] = batch.srcMac[i]!;
    this.respMac[slot] = batch.dstMac[i]!;
    this.firstSeconds[slot] = this.lastSeconds[slot] = batch.tsSeconds[i]!;
    this.firstNanos[slot] = this.lastNanos[slot] = batch.tsNanos[i]!;
    this.origPackets[slot] = this.respPackets[slot] = 0;
    this.origIpBytes[slot] = this.respIpBytes[slot] = 0;
    this.origTcpFlags[slot] = this.respTcpFlags[slot] = 0;
    this.firstPacket[slot] = batch.packetNumber(i);
    this.service[slot] = 0;
    this.tunnelDepth[slot] = batch.tunnelDepth[i]!;
    this.timerAt[slot] = Infinity;
    this.hash[slot] = hash;
    clearHistory(this.historyLetters, slot);
    this.#tcp.open(slot);
    this.#index.insert(slot, hash);
    this.direction = 0;

    let flips = false;
    if (protocol === IP_PROTOCOL.tcp) {
      this.#timeoutClass[slot] = CLASS.tcpHandshake;
      flips = isFlippedTcp(batch.tcpFlags[i]!, srcPort, dstPort);
    } else if (protocol === IP_PROTOCOL.udp) {
      this.#timeoutClass[slot] = CLASS.udp;
      flips = isFlippedUdp(batch, i);
      if (isDnsPort(flips ? srcPort : dstPort)) {
        this.timerAt[slot] = this.#now() + this.config.dnsSessionMs / 1000;
      }
    } else this.#timeoutClass[slot] = CLASS.icmp;
    // Nothing answers from the broadcast address.
    if (flips && !(batch.dstIp[i * 4 + 3] === 0xffff_ffff && batch.dstIp[i * 4 + 2] === 0xffff)) {
      this.turn(slot);
      appendHistory(this.historyLetters, slot, LETTER_FLIP);
      this.direction = 1;
    }
    return slot;
  }

  #count(slot: number, batch: PacketBatch, i: number, protocol: number): void {
    if (protocol === IP_PROTOCOL.tcp) this.#countSegment(slot, batch, i);
    else {
      this.lastSeconds[slot] = batch.tsSeconds[i]!;
      this.lastNanos[slot] = batch.tsNanos[i]!;
      this.#countDatagram(slot, protocol, batch.payloadLen[i]!);
    }
    this.#add(slot, this.direction, batch, i);
  }

  #add(slot: number, direction: number, batch: PacketBatch, i: number): void {
    this.#packetsOf[direction]![slot]!++;
    this.#ipBytesOf[direction]![slot]! += batch.ipLen[i]!;
    this.#tcpFlagsOf[direction]![slot]! |= batch.tcpFlags[i]!;
  }

  #countSegment(slot: number, batch: PacketBatch, i: number): void {
    const effects = this.#tcp.segment(slot, this.direction, batch, i);
    if ((effects & EFFECT.flip) !== 0) {
      this.turn(slot);
      this.direction ^= 1;
      this.#listener.flowTurn?.(slot);
    }
    if ((effects & EFFECT.beyondHandshake) !== 0) this.#timeoutClass[slot] = CLASS.tcp;
    if ((effects & EFFECT.attempt) !== 0) this.#hasten(slot, this.#now() + this.config.tcpAttemptMs / 1000);
    if ((effects & EFFECT.touch) !== 0) {
      this.lastSeconds[slot] = batch.tsSeconds[i]!;
      this.lastNanos[slot] = batch.tsNanos[i]!;
    }
    if ((effects & EFFECT.closed) !== 0)
      this.#hasten(slot, this.#lastTime(slot) + this.config.tcpCloseDelayMs / 1000);
    else if (this.timerAt[slot] !== Infinity && !this.#tcp.isClosed(slot) && !this.#tcp.isUnanswered(slot)) {
      this.timerAt[slot] = Infinity;
    }
  }

  #countDatagram(slot: number, protocol: number, length: number): void {
    const words = this.#tcp.words;
    const block = slot * ROW + this.direction * BLOCK;
    if (protocol !== IP_PROTOCOL.udp) length = Math.max(0, length - ICMP_HEADER);
    else if ((words[block + W.status]! & STATUS.active) === 0) {
      appendHistory(this.historyLetters, slot, this.direction === 0 ? LETTER_D : LETTER_D | 0x20);
    }
    words[block + W.status]! |= STATUS.active;
    const low = words[block + PAYLOAD_LOW]! + length;
    words[block + PAYLOAD_LOW] = low;
    if (low > 0xffff_ffff) words[block + PAYLOAD_HIGH]!++;
  }

  #timeoutReason(slot: number): number {
    return this.#tcp.isClosed(slot) ? FLOW_END.closed : FLOW_END.timeout;
  }

  #lastTime(slot: number): number {
    return this.lastSeconds[slot]! + this.lastNanos[slot]! / 1e9;
  }

  /** Sets the flow's timer, and hangs it further forward on the wheel when it comes before what hangs there. */
  #hasten(slot: number, at: number): void {
    this.timerAt[slot] = at;
    // The slot is not on the wheel yet while its first packet is counted.
    if (this.origPackets[slot]! + this.respPackets[slot]! === 0) return;
    this.#wheel.remove(slot);
    this.#wheel.add(slot, Math.ceil(this.#deadline(slot)));
  }

  #finish(slot: number, reason: number, isOnWheel: boolean): void {
    this.endReason = reason;
    this.#lane?.leave(this, this.#counters, slot);
    this.#listener.flowEnd?.(slot);
    if (isOnWheel) this.#wheel.remove(slot);
    this.#index.remove(slot, this.hash);
    this.#tcp.close(slot);
    if (this.parents.size > 0) this.parents.delete(slot);
    if (this.ports.size > 0) this.ports.delete(slot);
    if (this.credited.size > 0) this.credited.delete(slot);
    this.#timeoutClass[slot] = CLASS.free;
    this.#activeCount--;
    this.#tcp.words[slot * ROW] = this.#free;
    this.#free = slot;
  }

  /** Ends the least recently active flow of a sample: a moving hand, so that every slot comes up. */
  #evict(batch: PacketBatch, i: number): void {
    let victim = -1;
    let oldest = Infinity;
    for (let n = 0, seen = 0; seen < EVICTION_SAMPLE && n < this.#used; n++) {
      this.#hand = this.#hand + 1 >= this.#used ? 0 : this.#hand + 1;
      if (this.#timeoutClass[this.#hand] === CLASS.free) continue;
      seen++;
      this.#lane?.settle(this, this.#counters, this.#hand);
      const last = this.#lastTime(this.#hand);
      if (last < oldest) {
        oldest = last;
        victim = this.#hand;
      }
    }
    if (victim < 0) return;
    this.#evicted++;
    this.#issues.add(ISSUE['flow/evicted'], batch.packetNumber(i));
    this.#finish(victim, FLOW_END.evicted, true);
  }

  #grow(capacity: number): void {
    this.widen(capacity);
    this.#timeoutClass = wider(this.#timeoutClass, new Uint8Array(capacity));
    this.#tcp.words = this.endpoints;
    this.#tcp.bits = wider(this.#tcp.bits, new Uint8Array(capacity));
    this.#tcp.history = this.historyLetters;
    this.#packetsOf = [this.origPackets, this.respPackets];
    this.#ipBytesOf = [this.origIpBytes, this.respIpBytes];
    this.#tcpFlagsOf = [this.origTcpFlags, this.respTcpFlags];
    this.#counters = {
      words: this.#tcp.words,
      packets: this.#packetsOf,
      ipBytes: this.#ipBytesOf,
      tcpFlags: this.#tcpFlagsOf,
    };
    this.#lane?.resize(capacity);
    this.#wheel.resize(capacity);
    this.#index.resize(capacity, this.hash, this.#used);
  }
}

/** Bytes of an ICMP header, which Zeek does not count as payload. */
const ICMP_HEADER = 8;

function powerOfTwo(n: number): number {
  let size = 16;
  while (size < n) size *= 2;
  return size;
}
