/** What a soak must show, from its samples: memory that stays, an event loop that answers, files that are bounded. */

export interface Sample {
  readonly seconds: number;
  /** Resident bytes of the analyzing process and of the one that captures. */
  readonly residentBytes: number;
  readonly captureBytes: number;
  readonly loopP99Seconds: number;
  readonly loopMaxSeconds: number;
  readonly packets: number;
  readonly devices: number;
  readonly flows: number;
  readonly storeBytes: number;
  readonly recordBytes: number;
}

export interface Limits {
  /** Bytes a minute that memory may grow by, as the slope over the samples after warm-up. */
  readonly slopeBytesPerMinute: number;
  readonly residentBytes: number;
  readonly loopP99Seconds: number;
  readonly storeBytes: number;
  readonly recordBytes: number;
}

export interface Verdict {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
}

/** Share of the time at the start that is not judged: tables and the heap find their size. */
const WARM_UP = 1 / 3;

export function judge(samples: readonly Sample[], limits: Limits): Verdict[] {
  const last = samples.at(-1)!;
  const settled = samples.filter(({ seconds }) => seconds >= last.seconds * WARM_UP);
  const verdict = (name: string, value: number, limit: number): Verdict => ({
    name,
    value,
    limit,
    ok: value <= limit,
  });
  return [
    verdict(
      'memory slope, bytes a minute',
      60 * slope(settled.map(({ seconds, residentBytes }) => [seconds, residentBytes])),
      limits.slopeBytesPerMinute,
    ),
    verdict('most memory, bytes', Math.max(...settled.map((s) => s.residentBytes)), limits.residentBytes),
    verdict(
      'event loop lag, median of p99, s',
      median(settled.map((s) => s.loopP99Seconds)),
      limits.loopP99Seconds,
    ),
    verdict('store, bytes', last.storeBytes, limits.storeBytes),
    verdict('recordings, bytes', Math.max(...samples.map((s) => s.recordBytes)), limits.recordBytes),
  ];
}

/** Of the line with the least squares; 0 for fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return variance === 0 ? 0 : covariance / variance;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
