/**
 * How many distinct things there were within the last `windowSeconds`, for events in the order of time. Memory: at
 * most `limit` things; beyond that the oldest are forgotten, and the count stays at `limit`.
 */
export class DistinctWindow {
  private readonly seen = new Map<number, number>();
  private readonly windowSeconds: number;
  private readonly limit: number;

  constructor(windowSeconds: number, limit = 1024) {
    this.windowSeconds = windowSeconds;
    this.limit = limit;
  }

  /** Adds a thing by its hash, and returns the count. */
  add(hash: number, seconds: number): number {
    const { seen } = this;
    seen.delete(hash);
    seen.set(hash, seconds);
    for (const [oldest, time] of seen) {
      if (seen.size <= this.limit && time >= seconds - this.windowSeconds) break;
      seen.delete(oldest);
    }
    return seen.size;
  }
}
