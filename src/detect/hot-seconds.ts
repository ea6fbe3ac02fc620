/** Seconds that are remembered. */
const RING = 64;

/**
 * Counts packets by second and says how many of the last seconds were hot, i.e. had at least `perSecond`. Flows are
 * told at their end, so seconds come out of order by a few; one that is older than the ring is left out.
 */
export class HotSeconds {
  private readonly stamps = new Float64Array(RING).fill(-1);
  private readonly counts = new Float64Array(RING);
  private readonly perSecond: number;
  private hotCount = 0;
  /** Most packets within one second. */
  peak = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** Adds `packets` that were spread evenly over `seconds` seconds from `start`; returns the number of hot seconds. */
  add(start: number, seconds: number, packets: number): number {
    const share = packets / seconds;
    for (let i = Math.max(0, seconds - RING); i < seconds; i++) this.addSecond(start + i, share);
    return this.hotCount;
  }

  private addSecond(second: number, packets: number): void {
    const at = second % RING;
    if (this.stamps[at]! > second) return;
    if (this.stamps[at] !== second) {
      if (this.counts[at]! >= this.perSecond && this.stamps[at]! >= 0) this.hotCount--;
      this.stamps[at] = second;
      this.counts[at] = 0;
    }
    const before = this.counts[at]!;
    this.counts[at] = before + packets;
    if (before < this.perSecond && this.counts[at] >= this.perSecond) this.hotCount++;
    if (this.counts[at] > this.peak) this.peak = this.counts[at]!;
  }
}
