/** Packet time: seconds and nanoseconds since the epoch, kept apart because their sum does not fit a double. */

/**
 * RFC 3339 in UTC. `digits` is the number of fractional digits (the capture's own precision: 6 for a
 * microsecond pcap, 9 for nanoseconds, 0 for whole seconds).
 */
export function formatTime(seconds: number, nanoseconds: number, digits = 6): string {
  const base = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (digits <= 0) return `${base}Z`;
  return `${base}.${String(nanoseconds).padStart(9, '0').slice(0, digits)}Z`;
}

/** Seconds as a double: exact to about a microsecond, for differences and rates, never for output. */
export function toSeconds(seconds: number, nanoseconds: number): number {
  return seconds + nanoseconds / 1e9;
}
