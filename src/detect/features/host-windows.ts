/**
 * The last flows of each host, with what is counted of them. A flow leaves when `WINDOW.flows` newer ones came, or when
 * one comes that began more than the window's seconds after it. The order is that in which flows end (in a log: of its
 * rows), so begins may go back a little.
 *
 * Columns and no objects: windows that live as long as hosts are what a garbage collector finds hardest. A window is
 * short, so what is different in it is counted by looking through it.
 */
import { WINDOW } from './conn-set.ts';
import { WindowSlots } from './window-slots.ts';

/** Flows that are kept of a host; a power of two. */
const PLACES = WINDOW.flows;
const MASK = PLACES - 1;

/** Hosts whose columns are made at a time. */
const CHUNK_BITS = 7;
const CHUNK = 1 << CHUNK_BITS;

/** What a place holds beside port and transport, 17 bits above it. */
const UNANSWERED = 1;
/** No older flow in the window has the same other side and port. */
const FIRST_OF_PAIR = 2;
const PORT_SHIFT = 2;

export class HostWindows {
  readonly #seconds: number;
  readonly #slots: WindowSlots;
  readonly #starts: Float64Array[] = [];
  readonly #others: Int32Array[] = [];
  readonly #ports: Int32Array[] = [];
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
      this.#dropOldest(slot, base, others, ports);
    }
    const oldest = this.#oldest[slot]!;
    const before = this.#flows[slot]!;
    let isKnownOther = false;
    let isKnownPort = false;
    let isKnownPair = false;
    let othersOnPort = 0;
    let portsOfOther = 0;
    for (let n = 0; n < before; n++) {
      const at = base + ((oldest + n) & MASK);
      const known = ports[at]!;
      const isSameOther = others[at] === other;
      const isSamePort = known >>> PORT_SHIFT === port;
      if (!isSameOther && !isSamePort) continue;
      if (isSameOther) {
        isKnownOther = true;
        isKnownPair ||= isSamePort;
      }
      isKnownPort ||= isSamePort;
      if ((known & FIRST_OF_PAIR) === 0) continue;
      if (isSameOther) portsOfOther++;
      if (isSamePort) othersOnPort++;
    }
    const at = base + ((oldest + before) & MASK);
    starts[at] = start;
    others[at] = other;
    ports[at] = (port << PORT_SHIFT) | (isUnanswered ? UNANSWERED : 0) | (isKnownPair ? 0 : FIRST_OF_PAIR);
    this.#flows[slot] = before + 1;
    if (isUnanswered) this.#unanswered[slot]!++;
    if (!isKnownOther) this.#differentOthers[slot]!++;
    if (!isKnownPort) this.#differentPorts[slot]!++;

    this.count = before + 1;
    this.rate = this.count / Math.max(1, start - starts[base + oldest]!);
    this.others = this.#differentOthers[slot]!;
    this.ports = this.#differentPorts[slot]!;
    this.othersOnPort = othersOnPort + (isKnownPair ? 0 : 1);
    this.portsOfOther = portsOfOther + (isKnownPair ? 0 : 1);
    this.unansweredShare = this.#unanswered[slot]! / this.count;
  }

  #dropOldest(slot: number, base: number, others: Int32Array, ports: Int32Array): void {
    const oldest = this.#oldest[slot]!;
    const count = this.#flows[slot]!;
    const other = others[base + oldest]!;
    const dropped = ports[base + oldest]!;
    const port = dropped >>> PORT_SHIFT;
    this.#oldest[slot] = (oldest + 1) & MASK;
    this.#flows[slot] = count - 1;
    if ((dropped & UNANSWERED) !== 0) this.#unanswered[slot]!--;
    let hasOther = false;
    let hasPort = false;
    for (let n = 1; n < count; n++) {
      const at = base + ((oldest + n) & MASK);
      const isSameOther = others[at] === other;
      const isSamePort = ports[at]! >>> PORT_SHIFT === port;
      if (isSameOther && isSamePort) {
        ports[at]! |= FIRST_OF_PAIR;
        return;
      }
      hasOther ||= isSameOther;
      hasPort ||= isSamePort;
    }
    if (!hasOther) this.#differentOthers[slot]!--;
    if (!hasPort) this.#differentPorts[slot]!--;
  }

  #clear(slot: number): void {
    this.#oldest[slot] = 0;
    this.#flows[slot] = 0;
    this.#unanswered[slot] = 0;
    this.#differentOthers[slot] = 0;
    this.#differentPorts[slot] = 0;
    if (slot >>> CHUNK_BITS < this.#starts.length) return;
    this.#starts.push(new Float64Array(CHUNK * PLACES));
    this.#others.push(new Int32Array(CHUNK * PLACES));
    this.#ports.push(new Int32Array(CHUNK * PLACES));
  }
}
