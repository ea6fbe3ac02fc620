import { IP_PROTOCOL } from '../packet/layer.ts';
import { FlowColumns, wider } from './columns.ts';
import type { FlowConfig } from './config.ts';
import { type ConnState, tcpConnState, udpConnState } from './conn-state.ts';
import { HISTORY_WORDS, historyLength, historyText, lettersInHistory } from './history.ts';
import {
  BLOCK,
  ENDPOINT,
  endpointSize,
  PAYLOAD_HIGH,
  PAYLOAD_LOW,
  ROW,
  STATUS,
  stateOf,
  W,
} from './tcp-endpoint.ts';

/** Why a flow ended. */
export const FLOW_END = { closed: 1, timeout: 2, evicted: 3, capture: 4, reused: 5 } as const;

/** Tunnels remembered of one flow. */
const MAX_TUNNEL_PARENTS = 8;

/** Where flows are written to and read from: words and doubles, and how far each is. */
export interface RecordLog {
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  at: number;
  doubleAt: number;
}

/** Words of a row that anything is said from (`payloadBytes`, `connState`, `missedBytes`). */
const TOLD_WORDS = [W.start, W.last, W.ack, W.wraps, W.status, W.missed].flatMap((w) => [w, BLOCK + w]);

/** Words and doubles at most of what is written of a flow at once. */
export const RECORD_WORDS = 18 + HISTORY_WORDS + TOLD_WORDS.length;
export const RECORD_DOUBLES = 5;

/**
 * Flows to read from: the columns, and what can be said of a flow from them. `FlowTable` fills them from packets,
 * `ToldFlows` from what a table in another thread tells.
 */
export class Flows extends FlowColumns {
  readonly config: FlowConfig;
  /** Who sent the packet that is looked at: 0 the originator, 1 the responder. */
  direction = 0;
  /** Why the flow of the current `flowEnd` call ended: `FLOW_END`. */
  endReason = 0;
  /** `ROW` words per slot (`tcp-endpoint.ts`). */
  protected endpoints = new Uint32Array(0);
  /** By slot, for the few flows that have any. */
  protected readonly parents = new Map<number, string[]>();
  protected readonly ports = new Map<number, number>();
  /** Slots of TCP flows of which packets were counted and not seen: what is missing was not lost. */
  protected readonly credited = new Set<number>();

  constructor(config: FlowConfig) {
    super();
    this.config = config;
  }

  get fromOriginator(): boolean {
    return this.direction === 0;
  }

  /** Zeek's conn_state of the flow so far. */
  connState(slot: number): ConnState {
    const words = this.endpoints;
    const orig = slot * ROW;
    const resp = orig + BLOCK;
    switch (this.ipProtocol[slot]) {
      case IP_PROTOCOL.tcp: {
        const isEmpty = this.payloadBytes(slot, true) === 0 && this.payloadBytes(slot, false) === 0;
        const state = stateOf(words, orig);
        // The history decides of attempts that were reset, and is a text to be made.
        const history = state === ENDPOINT.reset ? this.history(slot) : '';
        return tcpConnState(state, stateOf(words, resp), isEmpty, history);
      }
      case IP_PROTOCOL.udp:
        return udpConnState(
          (words[orig + W.status]! & STATUS.active) !== 0,
          (words[resp + W.status]! & STATUS.active) !== 0,
        );
      default:
        return 'OTH';
    }
  }

  /** Zeek's history letters; '' for ICMP. */
  history(slot: number): string {
    return historyText(this.historyLetters, slot);
  }

  /** Its length, and which letters it has (`lettersInHistory`): whoever asks for no more needs no text. */
  historyLength(slot: number): number {
    return historyLength(this.historyLetters, slot);
  }

  lettersOf(slot: number): number {
    return lettersInHistory(this.historyLetters, slot);
  }

  /** Payload bytes of one direction: for TCP from sequence numbers, so lost ones are counted as well. */
  payloadBytes(slot: number, fromOriginator: boolean): number {
    const block = slot * ROW + (fromOriginator ? 0 : BLOCK);
    const words = this.endpoints;
    if (this.ipProtocol[slot] === IP_PROTOCOL.tcp) {
      return endpointSize(words, block, slot * ROW + (fromOriginator ? BLOCK : 0));
    }
    return words[block + PAYLOAD_HIGH]! * 0x1_0000_0000 + words[block + PAYLOAD_LOW]!;
  }

  /** Payload bytes in content gaps, both directions; none of a flow that was counted in part. */
  missedBytes(slot: number): number {
    if (this.ipProtocol[slot] !== IP_PROTOCOL.tcp || this.credited.has(slot)) return 0;
    return this.endpoints[slot * ROW + W.missed]! + this.endpoints[slot * ROW + BLOCK + W.missed]!;
  }

  /** Sequence number of a TCP direction's first payload byte (after its SYN, seen or assumed). */
  firstSequence(slot: number, fromOriginator: boolean): number {
    return (this.endpoints[slot * ROW + (fromOriginator ? 0 : BLOCK) + W.start]! + 1) >>> 0;
  }

  /** Uids of the tunnels that carried the flow; undefined when none did. */
  tunnelParents(slot: number): readonly string[] | undefined {
    return this.parents.get(slot);
  }

  /** UDP port that led into the tunnel that the flow is; 0 when its content did, undefined when it is none. */
  tunnelPort(slot: number): number | undefined {
    return this.ports.get(slot);
  }

  /** Notes that a tunnel header was decoded behind the flow's UDP header. */
  setTunnelPort(slot: number, port: number): void {
    this.ports.set(slot, port);
  }

  /** Notes that a packet of the flow came through the tunnel with this uid. */
  addTunnelParent(slot: number, uid: string): void {
    const parents = this.parents.get(slot);
    if (parents === undefined) this.parents.set(slot, [uid]);
    else if (!parents.includes(uid) && parents.length < MAX_TUNNEL_PARENTS) parents.push(uid);
  }

  /** Nanoseconds from the first packet to the last one that counts; negative when the capture's time ran backwards. */
  durationNanos(slot: number): number {
    return (
      (this.lastSeconds[slot]! - this.firstSeconds[slot]!) * 1e9 +
      (this.lastNanos[slot]! - this.firstNanos[slot]!)
    );
  }

  /** Originator and responder change places. */
  protected turn(slot: number): void {
    const { origIp, respIp } = this;
    for (let w = slot * 4; w < slot * 4 + 4; w++) {
      const word = origIp[w]!;
      origIp[w] = respIp[w]!;
      respIp[w] = word;
    }
    swap(this.origPort, this.respPort, slot);
    swap(this.origMac, this.respMac, slot);
    swap(this.origPackets, this.respPackets, slot);
    swap(this.origIpBytes, this.respIpBytes, slot);
    swap(this.origTcpFlags, this.respTcpFlags, slot);
  }

  /** Writes what is known of a flow that begins. */
  writeStart(slot: number, log: RecordLog): void {
    const { words, doubles } = log;
    let { at, doubleAt } = log;
    words[at++] = this.id[slot]!;
    for (let w = slot * 4; w < slot * 4 + 4; w++) words[at++] = this.origIp[w]!;
    for (let w = slot * 4; w < slot * 4 + 4; w++) words[at++] = this.respIp[w]!;
    words[at++] = this.origPort[slot]! | (this.respPort[slot]! << 16);
    words[at++] = this.ipProtocol[slot]! | (this.tunnelDepth[slot]! << 8);
    words[at++] = this.firstSeconds[slot]!;
    words[at++] = this.firstNanos[slot]!;
    doubles[doubleAt++] = this.origMac[slot]!;
    doubles[doubleAt++] = this.respMac[slot]!;
    doubles[doubleAt++] = this.firstPacket[slot]!;
    log.at = at;
    log.doubleAt = doubleAt;
    this.writeCounts(slot, log);
  }

  /** Writes the rest of a flow that ends. */
  writeEnd(slot: number, log: RecordLog): void {
    const { words } = log;
    this.writeCounts(slot, log);
    let { at } = log;
    const history = slot * HISTORY_WORDS;
    for (let w = history; w < history + HISTORY_WORDS; w++) words[at++] = this.historyLetters[w]!;
    for (const w of TOLD_WORDS) words[at++] = this.endpoints[slot * ROW + w]!;
    log.at = at;
  }

  private writeCounts(slot: number, log: RecordLog): void {
    const { words, doubles } = log;
    const { at, doubleAt } = log;
    words[at] = this.lastSeconds[slot]!;
    words[at + 1] = this.lastNanos[slot]!;
    words[at + 2] = this.origPackets[slot]!;
    words[at + 3] = this.respPackets[slot]!;
    words[at + 4] = this.origTcpFlags[slot]! | (this.respTcpFlags[slot]! << 8);
    doubles[doubleAt] = this.origIpBytes[slot]!;
    doubles[doubleAt + 1] = this.respIpBytes[slot]!;
    log.at = at + 5;
    log.doubleAt = doubleAt + 2;
  }

  /** Fills a slot, but for `service`, from what `writeStart` wrote. */
  protected readStart(slot: number, log: RecordLog): void {
    const { words, doubles } = log;
    let { at, doubleAt } = log;
    this.id[slot] = words[at++]!;
    for (let w = slot * 4; w < slot * 4 + 4; w++) this.origIp[w] = words[at++]!;
    for (let w = slot * 4; w < slot * 4 + 4; w++) this.respIp[w] = words[at++]!;
    const ports = words[at++]!;
    this.origPort[slot] = ports;
    this.respPort[slot] = ports >>> 16;
    const small = words[at++]!;
    this.ipProtocol[slot] = small;
    this.tunnelDepth[slot] = small >>> 8;
    this.firstSeconds[slot] = words[at++]!;
    this.firstNanos[slot] = words[at++]!;
    this.origMac[slot] = doubles[doubleAt++]!;
    this.respMac[slot] = doubles[doubleAt++]!;
    this.firstPacket[slot] = doubles[doubleAt++]!;
    log.at = at;
    log.doubleAt = doubleAt;
    this.readCounts(slot, log);
  }

  /** Fills in what `writeEnd` wrote. */
  protected readEnd(slot: number, log: RecordLog): void {
    const { words } = log;
    this.readCounts(slot, log);
    let { at } = log;
    const history = slot * HISTORY_WORDS;
    for (let w = history; w < history + HISTORY_WORDS; w++) this.historyLetters[w] = words[at++]!;
    for (const w of TOLD_WORDS) this.endpoints[slot * ROW + w] = words[at++]!;
    log.at = at;
  }

  private readCounts(slot: number, log: RecordLog): void {
    const { words, doubles } = log;
    const { at, doubleAt } = log;
    this.lastSeconds[slot] = words[at]!;
    this.lastNanos[slot] = words[at + 1]!;
    this.origPackets[slot] = words[at + 2]!;
    this.respPackets[slot] = words[at + 3]!;
    this.origTcpFlags[slot] = words[at + 4]!;
    this.respTcpFlags[slot] = words[at + 4]! >>> 8;
    this.origIpBytes[slot] = doubles[doubleAt]!;
    this.respIpBytes[slot] = doubles[doubleAt + 1]!;
    log.at = at + 5;
    log.doubleAt = doubleAt + 2;
  }

  protected override widen(capacity: number): void {
    super.widen(capacity);
    this.endpoints = wider(this.endpoints, new Uint32Array(capacity * ROW));
  }
}

function swap(a: { [n: number]: number }, b: { [n: number]: number }, slot: number): void {
  const value = a[slot]!;
  a[slot] = b[slot]!;
  b[slot] = value;
}
