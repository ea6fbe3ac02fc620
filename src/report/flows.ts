/** Flows as rows for people, spreadsheets and programs. A row is made when a flow has ended. */
import { formatIpAt } from '../bytes/address.ts';
import { compareNumber } from '../bytes/order.ts';
import { formatTime } from '../bytes/time.ts';
import type { Flows } from '../flow/flows.ts';
import { serviceName } from './zeek/conn.ts';
import { transportName } from './zeek/flow-id.ts';

export interface FlowRow {
  /** Running number by first packet, from 1. */
  readonly flow: number;
  readonly start: string;
  readonly durationSeconds: number;
  readonly proto: string;
  readonly orig: string;
  /** Type and code for ICMP. */
  readonly origPort: number;
  readonly resp: string;
  readonly respPort: number;
  /** '' when not recognised. */
  readonly service: string;
  /** Zeek's conn_state and history. */
  readonly state: string;
  readonly history: string;
  readonly origPackets: number;
  readonly respPackets: number;
  /** IP bytes. */
  readonly origBytes: number;
  readonly respBytes: number;
  /** The likeliest class that is not benign, if its score reaches the threshold, else ''; absent without a model. */
  ml?: string;
  /** Score of that class; absent without a model. */
  mlScore?: number;
}

export const FLOW_SORTS = ['bytes', 'packets', 'duration', 'start'] as const;
export type FlowSort = (typeof FLOW_SORTS)[number];

export function flowRow(flows: Flows, slot: number): FlowRow {
  return {
    flow: flows.id[slot]! + 1,
    start: formatTime(flows.firstSeconds[slot]!, flows.firstNanos[slot]!),
    durationSeconds: flows.durationNanos(slot) / 1e9,
    proto: transportName(flows.ipProtocol[slot]!),
    orig: formatIpAt(flows.origIp, slot * 4),
    origPort: flows.origPort[slot]!,
    resp: formatIpAt(flows.respIp, slot * 4),
    respPort: flows.respPort[slot]!,
    service: serviceName(flows, slot) ?? '',
    state: flows.connState(slot),
    history: flows.history(slot),
    origPackets: flows.origPackets[slot]!,
    respPackets: flows.respPackets[slot]!,
    origBytes: flows.origIpBytes[slot]!,
    respBytes: flows.respIpBytes[slot]!,
  };
}

/**
 * The `limit` flows that come first by `sort`; holds twice as many at most, however many there are. Of equals the
 * earlier flow comes first.
 */
export class TopFlows {
  seen = 0;
  readonly #limit: number;
  readonly #sort: FlowSort;
  #kept: { readonly key: number; readonly row: FlowRow }[] = [];
  /** Rows whose flows are not scored yet, by flow; empty without a model. */
  readonly #unscored = new Map<number, FlowRow>();
  readonly #isScored: boolean;
  /** A flow below this is not among the first any more. */
  #least = -Infinity;

  /** `isScored`: `flowScore` will be called of every flow. */
  constructor(limit: number, sort: FlowSort, isScored = false) {
    this.#isScored = isScored;
    this.#limit = limit;
    this.#sort = sort;
  }

  flowEnd(slot: number, flows: Flows): void {
    this.seen++;
    const key = sortKey(flows, slot, this.#sort);
    if (key < this.#least) return;
    const row = flowRow(flows, slot);
    this.#kept.push({ key, row });
    if (this.#isScored) this.#unscored.set(row.flow, row);
    if (this.#kept.length >= 2 * this.#limit + 2) this.#prune();
  }

  /** A model scored the flow with this number, from 0. */
  flowScore(flow: number, className: string, score: number, isAlarm: boolean): void {
    const row = this.#unscored.get(flow + 1);
    if (row === undefined) return;
    row.ml = isAlarm ? className : '';
    row.mlScore = score;
    this.#unscored.delete(flow + 1);
  }

  rows(): FlowRow[] {
    this.#prune();
    return this.#kept.map(({ row }) => row);
  }

  #prune(): void {
    this.#kept.sort((a, b) => compareNumber(b.key, a.key) || compareNumber(a.row.flow, b.row.flow));
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
    if (this.#kept.length === this.#limit) this.#least = this.#kept.at(-1)?.key ?? Infinity;
  }
}

/** Greater comes first. */
function sortKey(flows: Flows, slot: number, sort: FlowSort): number {
  switch (sort) {
    case 'bytes':
      return flows.origIpBytes[slot]! + flows.respIpBytes[slot]!;
    case 'packets':
      return flows.origPackets[slot]! + flows.respPackets[slot]!;
    case 'duration':
      return flows.durationNanos(slot);
    case 'start':
      return -flows.id[slot]!;
  }
}
