import { DistinctCounter } from './distinct.ts';

/**
 * Notices when the number of distinct things reaches a threshold: `fast` within `windowSeconds`, or `slow` at any
 * pace. Times may come out of order. Memory: the last `fast` times and a `DistinctCounter`.
 */
export class DistinctRate {
  private readonly counter = new DistinctCounter();
  private readonly times: number[] = [];
  private readonly size: number;
  private readonly fast: number;
  private readonly slow: number;
  private readonly windowSeconds: number;
  private next = 0;
  reached: '' | 'slow' | 'fast' = '';

  constructor(fast: number, windowSeconds: number, slow: number) {
    this.fast = fast;
    this.slow = slow;
    this.windowSeconds = windowSeconds;
    this.size = Math.min(fast, 4096);
  }

  /** True from the thing on that reached a threshold. */
  add(hash: number, seconds: number): boolean {
    if (!this.counter.add(hash) && this.counter.isExact) return this.reached !== '';
    if (this.reached === 'fast') return true;
    this.times[this.next++ % this.size] = seconds;
    const { count } = this.counter;
    if (this.next >= this.size && count >= this.fast && this.isWithin(seconds)) {
      this.reached = 'fast';
    } else if (count >= this.slow) {
      this.reached = 'slow';
    }
    return this.reached !== '';
  }

  get count(): number {
    return this.counter.count;
  }

  /** Whether all times lie in one window, the last of which is `seconds`. */
  private isWithin(seconds: number): boolean {
    const { times, windowSeconds } = this;
    // The next one to be written over is mostly the earliest.
    if (Math.abs(seconds - times[this.next % this.size]!) > windowSeconds) return false;
    let first = Infinity;
    let last = -Infinity;
    for (const time of times) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
    return last - first <= windowSeconds;
  }
}
