/**
 * First offset of `value` in `bytes[start, end)`; -1 when it is not there. `Uint8Array.indexOf` has no end: it would
 * go on through the rest of the chunk, megabytes of other packets.
 */
export function findByte(bytes: Uint8Array, value: number, start: number, end: number): number {
  const stop = Math.min(end, bytes.length);
  for (let at = start; at < stop; at++) if (bytes[at] === value) return at;
  return -1;
}
