/** Options of pcapng blocks: code, length, value padded to four bytes; in lists that end with code 0 or the block. */

/** Options that are looked at in one list. */
export const MAX_OPTIONS = 256;

export const OPTION = {
  comment: 1,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceTimeResolution: 9,
  interfaceTimeOffset: 14,
  statisticsInterfaceDrops: 5,
  statisticsSystemDrops: 7,
  packetDropCount: 4,
} as const;

/** Calls `visit` with every option that lies within `[at, end)`; false when the list contradicts itself. */
export function eachOption(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
  visit: (code: number, start: number, length: number) => void,
): boolean {
  for (let count = 0; end - at >= 4; count++) {
    if (count === MAX_OPTIONS) return false;
    const code = view.getUint16(at, littleEndian);
    if (code === 0) return true;
    const length = view.getUint16(at + 2, littleEndian);
    if (length > end - at - 4) return false;
    visit(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
  return true;
}

/** A 64-bit count as a double: exact up to 2^53. */
export function readCount(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
}
