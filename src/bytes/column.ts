/**
 * Columns by an index that counts from 0 to some bound, as that of a device. They begin small: most captures have few
 * devices, and room for all that there may be takes longer to make, and to collect, than a small capture takes to read.
 */

/** Entries that a column begins with. */
export const FIRST_ENTRIES = 256;

type Column = Float64Array | Int32Array | Uint32Array | Uint16Array;

/** A column with room for `entries`: the given one, or a wider one that begins as it does. */
export function withRoom<T extends Column>(column: T, entries: number): T {
  if (entries <= column.length) return column;
  const wider = new (column.constructor as new (length: number) => T)(Math.max(entries, column.length * 2));
  wider.set(column);
  return wider;
}
