/** Record headers of classic pcap: those in order, as nearly all are. */
import * as C from './layout';

// @ts-ignore: decorator
@inline function word(at: usize, swapped: bool): u32 {
  const value = load<u32>(at);
  return swapped ? bswap<u32>(value) : value;
}

/**
 * Writes the source columns of rows from `row` on, from records of 16-byte headers in [at, end), up to the first one
 * that is not whole or not usual. Offsets count from `bytes`. Returns the row after the last; where that ended is left
 * in the state.
 */
export function frame(
  base: usize,
  bytes: usize,
  at: u32,
  end: u32,
  row: u32,
  capacity: u32,
  swapped: bool,
  nanosPerUnit: u32,
  linkType: u32,
  maxFrame: u32,
): u32 {
  let last = load<u32>(C.ST_last);
  while (row < capacity && at <= end && end - at >= 16) {
    const header = bytes + at;
    const captured = word(header + 8, swapped);
    const fraction = word(header + 4, swapped);
    const seconds = word(header, swapped);
    const nanos = fraction * nanosPerUnit;
    if (
      captured > maxFrame ||
      captured > end - at - 16 ||
      // A record of zeros, or a fraction that carries.
      seconds == 0 ||
      fraction >= 1_000_000_000 / nanosPerUnit
    ) {
      break;
    }
    const original = word(header + 12, swapped);
    const r4 = base + (<usize>row << 2);
    const r2 = base + (<usize>row << 1);
    store<u32>(r4, at + 16, C.frameOffset);
    store<u32>(r4, captured, C.capLen);
    store<u32>(r4, original < captured ? captured : original, C.wireLen);
    store<u32>(r4, seconds, C.tsSeconds);
    store<u32>(r4, nanos, C.tsNanos);
    store<u16>(r2, <u16>linkType, C.linkType);
    store<u16>(r2, 0, C.interfaceId);
    row++;
    last = at;
    at += 16 + captured;
  }
  store<u32>(C.ST_at, at);
  store<u32>(C.ST_last, last);
  return row;
}
