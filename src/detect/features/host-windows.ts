/**
 * The last flows of each host, with what is counted of them. A flow leaves when `WINDOW.flows` newer ones came, or when
 * one comes that began more than the window's seconds after it. The order is that in which flows end (in a log: of its
 * rows), so begins may go back a little.
 *
 * Columns and no objects: windows that live as long as hosts are what a garbage collector finds hardest.
 */
import { WINDOW } from './conn-set.ts';
import { WindowCounts } from './window-counts.ts';
import { WindowSlots } from './window-slots.ts';

/** Flows that are kept of a host; a power of two. */
const PLACES = WINDOW.flows;
const MASK = PLACES - 1;

/** Hosts whose columns are made at a time. */
const CHUNK_BITS = 7;
const CHUNK = 1 << CHUNK_BITS;

/** A place holds port and transport, 17 bits, above whether the flow was unanswered. */
const UNANSWERED = 1;
const PORT_SHIFT = 1;

export class HostWindows {
  readonly #seconds: number;
  readonly #slots: WindowSlots;
  readonly #starts: Float64Array[] = [];
  readonly #others: Int32Array[] = [];
  readonly #ports: Int32Array[] = [];
  readonly #counts = new WindowCounts();
  // By slot.
  readonly #oldest: Uint16Array;
  readonly #flows: Uint16Array;
  readonly #unanswered: Uint16Array;
  readonly #differentOthers: Uint16Array;
  readonly #differentPorts: Uint16Array;

  // Of the host whose flow was added last:
  count = 0;
  /** Flows a second from the oldest begin to that of the flow; at least a second is counted. */
  rate = 0;
  /** Different other sides and different ports. */
  others = 0;
  ports = 0;
  /** Different other sides on the flow's port, different ports of its other side. */
  othersOnPort = 0;
  portsOfOther = 0;
  unansweredShare = 0;

  /** Of `hosts` hosts at most; the one heard from longest ago makes room. */
  constructor(hosts: number, seconds: number) {
    this.#seconds = seconds;
    this.#slots = new WindowSlots(hosts, (slot) => this.#clear(slot));
    this.#oldest = new Uint16Array(hosts);
    this.#flows = new Uint16Array(hosts);
    this.#unanswered = new Uint16Array(hosts);
    this.#differentOthers = new Uint16Array(hosts);
    this.#differentPorts = new Uint16Array(hosts);
  }

  /** `host` and `other`: 30 bits of the addresses; `port`: with the transport above it, 17 bits. */
  add(host: number, start: number, other: number, port: number, isUnanswered: boolean): void {
    const slot = this.#slots.of(host);
    const chunk = slot >>> CHUNK_BITS;
    const base = (slot & (CHUNK - 1)) * PLACES;
    const starts = this.#starts[chunk]!;
    const others = this.#others[chunk]!;
    const ports = this.#ports[chunk]!;
    while (
      this.#flows[slot]! > 0 &&
      (this.#flows[slot] === PLACES || start - starts[base + this.#oldest[slot]!]! > this.#seconds)
    ) {
      this.#dropOldest(slot);
    }
    const oldest = this.#oldest[slot]!;
    const before = this.#flows[slot]!;
    const at = base + ((oldest + before) & MASK);
    starts[at] = start;
    others[at] = other;
    ports[at] = (port << PORT_SHIFT) | (isUnanswered ? UNANSWERED : 0);
    this.#flows[slot] = before + 1;
    const counts = this.#counts;
    counts.enter(slot, other, port);
    if (isUnanswered) this.#unanswered[slot]!++;
    if (counts.isOnlyOfOther) this.#differentOthers[slot]!++;
    if (counts.isOnlyOnPort) this.#differentPorts[slot]!++;

    this.count = before + 1;
    this.rate = this.count / Math.max(1, start - starts[base + oldest]!);
    this.others = this.#differentOthers[slot]!;
    this.ports = this.#differentPorts[slot]!;
    this.othersOnPort = counts.othersOnPort;
    this.portsOfOther = counts.portsOfOther;
    this.unansweredShare = this.#unanswered[slot]! / this.count;
  }

  #dropOldest(slot: number): void {
    const chunk = slot >>> CHUNK_BITS;
    const oldest = this.#oldest[slot]!;
    const at = (slot & (CHUNK - 1)) * PLACES + oldest;
    const dropped = this.#ports[chunk]![at]!;
    const counts = this.#counts;
    counts.leave(slot, this.#others[chunk]![at]!, dropped >>> PORT_SHIFT);
    this.#oldest[slot] = (oldest + 1) & MASK;
    this.#flows[slot]!--;
    if ((dropped & UNANSWERED) !== 0) this.#unanswered[slot]!--;
    if (counts.isOnlyOfOther) this.#differentOthers[slot]!--;
    if (counts.isOnlyOnPort) this.#differentPorts[slot]!--;
  }

  #clear(slot: number): void {
    while (this.#flows[slot]! > 0) this.#dropOldest(slot);
    this.#oldest[slot] = 0;
    if (slot >>> CHUNK_BITS < this.#starts.length) return;
    this.#starts.push(new Float64Array(CHUNK * PLACES));
    this.#others.push(new Int32Array(CHUNK * PLACES));
    this.#ports.push(new Int32Array(CHUNK * PLACES));
  }
}
