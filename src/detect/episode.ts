import type { PacketTime } from './finding.ts';

/** Packet numbers kept as a way in for a person. */
export const MAX_PACKETS = 10;
/** Names kept of what an episode was directed at; the rest is counted. */
export const MAX_SAMPLES = 20;

/**
 * What one actor does with one technique without a long pause: times, number of events, the first packets. Events may
 * come in any order (flows end in another order than they began).
 */
export class Episode {
  private firstAt: PacketTime;
  private lastAt: PacketTime;
  private readonly numbers: number[] = [];
  count = 0;

  constructor(seconds: number, nanos: number) {
    this.firstAt = { seconds, nanos };
    this.lastAt = this.firstAt;
  }

  /** Counts an event; `packet` 0 when it has none of its own. */
  add(seconds: number, nanos: number, packet: number, times = 1): void {
    this.count += times;
    this.extend(seconds, nanos);
    if (packet <= 0) return;
    const { numbers } = this;
    if (numbers.length === MAX_PACKETS && packet >= numbers[MAX_PACKETS - 1]!) return;
    let at = numbers.length;
    while (at > 0 && numbers[at - 1]! > packet) at--;
    if (numbers[at - 1] === packet) return;
    numbers.splice(at, 0, packet);
    if (numbers.length > MAX_PACKETS) numbers.pop();
  }

  /** Widens the time span without an event. */
  extend(seconds: number, nanos: number): void {
    if (isBefore(seconds, nanos, this.firstAt)) this.firstAt = { seconds, nanos };
    if (!isBefore(seconds, nanos, this.lastAt)) this.lastAt = { seconds, nanos };
  }

  get first(): PacketTime {
    return this.firstAt;
  }

  get last(): PacketTime {
    return this.lastAt;
  }

  /** From the last event to a time, with fraction: whole seconds would let the phase of the clock decide. */
  secondsSince(seconds: number, nanos: number): number {
    return seconds - this.lastAt.seconds + (nanos - this.lastAt.nanos) / 1e9;
  }

  get packets(): readonly number[] {
    return this.numbers;
  }

  /** From first to last event, at least one second. */
  get durationSeconds(): number {
    const { firstAt, lastAt } = this;
    return Math.max(1, lastAt.seconds - firstAt.seconds + (lastAt.nanos - firstAt.nanos) / 1e9);
  }
}

function isBefore(seconds: number, nanos: number, time: PacketTime): boolean {
  return seconds < time.seconds || (seconds === time.seconds && nanos < time.nanos);
}

/** The first `MAX_SAMPLES` different names, in the order in which they came. */
export class Samples {
  private readonly names = new Set<string>();

  add(name: string): void {
    if (this.names.size < MAX_SAMPLES) this.names.add(name);
  }

  get isFull(): boolean {
    return this.names.size >= MAX_SAMPLES;
  }

  list(): string[] {
    return [...this.names];
  }
}
