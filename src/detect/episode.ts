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
  private firstSeconds: number;
  private firstNanos: number;
  private lastSeconds: number;
  private lastNanos: number;
  private readonly numbers: number[] = [];
  count = 0;

  constructor(seconds: number, nanos: number) {
    this.firstSeconds = this.lastSeconds = seconds;
    this.firstNanos = this.lastNanos = nanos;
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
    if (seconds < this.firstSeconds || (seconds === this.firstSeconds && nanos < this.firstNanos)) {
      this.firstSeconds = seconds;
      this.firstNanos = nanos;
    }
    if (seconds > this.lastSeconds || (seconds === this.lastSeconds && nanos > this.lastNanos)) {
      this.lastSeconds = seconds;
      this.lastNanos = nanos;
    }
  }

  get first(): PacketTime {
    return { seconds: this.firstSeconds, nanos: this.firstNanos };
  }

  get last(): PacketTime {
    return { seconds: this.lastSeconds, nanos: this.lastNanos };
  }

  /** From the last event to a time, with fraction: whole seconds would let the phase of the clock decide. */
  secondsSince(seconds: number, nanos: number): number {
    return seconds - this.lastSeconds + (nanos - this.lastNanos) / 1e9;
  }

  get packets(): readonly number[] {
    return this.numbers;
  }

  /** From first to last event, at least one second. */
  get durationSeconds(): number {
    return Math.max(1, this.lastSeconds - this.firstSeconds + (this.lastNanos - this.firstNanos) / 1e9);
  }
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
