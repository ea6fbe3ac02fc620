/**
 * The last flows of one host, with what is counted of them. A flow leaves when `WINDOW.flows` newer ones came, or when
 * one comes that began more than the window's seconds after it. The order is that in which flows end (in a log: of its
 * rows), so begins may go back a little.
 */
import { Counter } from './counter.ts';

/** Places at first; doubled up to the bound, as most hosts have few flows (and plain arrays are made faster). */
const FIRST_PLACES = 1;

export class RecentFlows {
  readonly #limit: number;
  readonly #seconds: number;
  #starts: number[] = [];
  #others: number[] = [];
  /** Responder port with the transport above it, 17 bits, times two; the lowest bit is set when nobody answered. */
  #ports: number[] = [];
  #places = FIRST_PLACES;
  #oldest = 0;
  #unanswered = 0;
  count = 0;
  readonly #otherPorts = new Counter();
  /** Different ports by other side, and different other sides by port. */
  readonly portsOfOther = new Counter();
  readonly othersOnPort = new Counter();

  constructor(limit: number, seconds: number) {
    this.#limit = limit;
    this.#seconds = seconds;
  }

  /** Other sides that are there. */
  get others(): number {
    return this.portsOfOther.size;
  }

  get ports(): number {
    return this.othersOnPort.size;
  }

  get unansweredShare(): number {
    return this.count === 0 ? 0 : this.#unanswered / this.count;
  }

  /** `other`: 30 bits of the other side's address. */
  add(start: number, other: number, port: number, isUnanswered: boolean): void {
    while (
      this.count > 0 &&
      (this.count === this.#limit || start - this.#starts[this.#oldest]! > this.#seconds)
    )
      this.#dropOldest();
    if (this.count === this.#places) this.#grow();
    const at = (this.#oldest + this.count) & (this.#places - 1);
    this.#starts[at] = start;
    this.#others[at] = other;
    this.#ports[at] = port * 2 + (isUnanswered ? 1 : 0);
    this.count++;
    if (isUnanswered) this.#unanswered++;
    if (this.#otherPorts.add(pairKey(other, port)) === 1) {
      this.portsOfOther.add(other);
      this.othersOnPort.add(port);
    }
  }

  /** Flows a second from the oldest begin to `start`; at least a second is counted. */
  rate(start: number): number {
    return this.count / Math.max(1, start - this.#starts[this.#oldest]!);
  }

  #dropOldest(): void {
    const at = this.#oldest;
    const other = this.#others[at]!;
    const port = this.#ports[at]! >>> 1;
    this.#oldest = (at + 1) & (this.#places - 1);
    this.count--;
    this.#unanswered -= this.#ports[at]! & 1;
    if (this.#otherPorts.remove(pairKey(other, port)) === 0) {
      this.portsOfOther.remove(other);
      this.othersOnPort.remove(port);
    }
  }

  #grow(): void {
    this.#starts = unrolled(this.#starts, this.#oldest);
    this.#others = unrolled(this.#others, this.#oldest);
    this.#ports = unrolled(this.#ports, this.#oldest);
    this.#oldest = 0;
    this.#places *= 2;
  }
}

/** 30 bits of two keys: small integers are what maps are fast with, and a window holds few. */
function pairKey(other: number, port: number): number {
  const mixed = Math.imul(other, 0x9e37_79b1) ^ Math.imul(port, 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) >>> 2;
}

/** A full ring from its oldest entry on. */
function unrolled(ring: number[], oldest: number): number[] {
  return oldest === 0 ? ring : ring.slice(oldest).concat(ring.slice(0, oldest));
}
