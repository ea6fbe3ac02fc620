/** Who sends and receives most: hosts over all of their flows. */
import { formatIpAt } from '../bytes/address.ts';
import { compareNumber, compareText } from '../bytes/order.ts';
import type { Flows } from '../flow/flows.ts';

export interface TalkerRow {
  readonly address: string;
  /** Flows that it opened, and that were opened to it. */
  readonly opened: number;
  readonly accepted: number;
  readonly packets: number;
  /** IP bytes. */
  readonly sent: number;
  readonly received: number;
}

/** Hosts counted at a time; beyond it the smaller half is forgotten, and may come back with less than it had. */
export const MAX_TALKERS = 65_536;

export const TALKER_SORTS = ['bytes', 'packets'] as const;
export type TalkerSort = (typeof TALKER_SORTS)[number];

type Counts = { -readonly [Name in keyof TalkerRow]: TalkerRow[Name] };

export class Talkers {
  seen = 0;
  /** Some hosts were forgotten: small counts may be too small. */
  isApproximate = false;
  readonly #most: number;
  readonly #hosts = new Map<string, Counts>();

  constructor(most = MAX_TALKERS) {
    this.#most = most;
  }

  flowEnd(slot: number, flows: Flows): void {
    this.seen++;
    const packets = flows.origPackets[slot]! + flows.respPackets[slot]!;
    const forth = flows.origIpBytes[slot]!;
    const back = flows.respIpBytes[slot]!;
    const orig = this.#host(formatIpAt(flows.origIp, slot * 4));
    orig.opened++;
    orig.packets += packets;
    orig.sent += forth;
    orig.received += back;
    const resp = this.#host(formatIpAt(flows.respIp, slot * 4));
    resp.accepted++;
    if (resp !== orig) resp.packets += packets;
    resp.sent += back;
    resp.received += forth;
    if (this.#hosts.size > this.#most) this.#forget();
  }

  /** The `limit` first by `sort`; of equals the first by address as text. */
  rows(limit: number, sort: TalkerSort): TalkerRow[] {
    return [...this.#hosts.values()].sort(inOrder(sort)).slice(0, limit);
  }

  /** Hosts counted now. */
  get hosts(): number {
    return this.#hosts.size;
  }

  #host(address: string): Counts {
    let counts = this.#hosts.get(address);
    if (counts === undefined) {
      counts = { address, opened: 0, accepted: 0, packets: 0, sent: 0, received: 0 };
      this.#hosts.set(address, counts);
    }
    return counts;
  }

  #forget(): void {
    this.isApproximate = true;
    for (const { address } of [...this.#hosts.values()].sort(inOrder('bytes')).slice(this.#most >>> 1)) {
      this.#hosts.delete(address);
    }
  }
}

function inOrder(sort: TalkerSort): (a: TalkerRow, b: TalkerRow) => number {
  const key = (row: TalkerRow): number => (sort === 'bytes' ? row.sent + row.received : row.packets);
  return (a, b) => compareNumber(key(b), key(a)) || compareText(a.address, b.address);
}
