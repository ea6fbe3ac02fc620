import { IP_PROTOCOL } from '../packet/layer.ts';
import { FlowColumns, wider } from './columns.ts';
import type { FlowConfig } from './config.ts';
import { type ConnState, tcpConnState, udpConnState } from './conn-state.ts';
import { historyLength, historyText, lettersInHistory } from './history.ts';
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

  protected override widen(capacity: number): void {
    super.widen(capacity);
    this.endpoints = wider(this.endpoints, new Uint32Array(capacity * ROW));
  }
}
