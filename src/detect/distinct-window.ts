/**
 * How many distinct things there were within the last `windowSeconds`, for events in the order of time. Memory: at
 * most `limit` things; beyond that the oldest are forgotten, and the count stays at `limit`.
 */
export class DistinctWindow {
  private readonly seen = new Map<number, number>();
  private readonly windowSeconds: number;
  private readonly limit: number;
  /** No entry is older, as long as time never ran backwards. */
  private floor = Infinity;
  private latest = 0;
  private isOrdered = true;

  constructor(windowSeconds: number, limit = 1024) {
    this.windowSeconds = windowSeconds;
    this.limit = limit;
  }

  /** Adds a thing by its hash, and returns the count. */
  add(hash: number, seconds: number): number {
    const { seen } = this;
    seen.delete(hash);
    seen.set(hash, seconds);
    if (seconds < this.latest) this.isOrdered = false;
    else this.latest = seconds;
    if (this.floor === Infinity) this.floor = seconds;
    if (!this.isOrdered || seen.size > this.limit || this.floor < seconds - this.windowSeconds) {
      this.forget(seconds);
    }
    return seen.size;
  }

  private forget(seconds: number): void {
    const { seen } = this;
    for (const [oldest, time] of seen) {
      this.floor = time;
      if (seen.size <= this.limit && time >= seconds - this.windowSeconds) break;
      seen.delete(oldest);
    }
  }
}
