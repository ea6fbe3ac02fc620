/**
 * The two endpoints of a TCP flow as one row of 32-bit words per slot: two blocks of `BLOCK` words, originator first.
 * One row is two cache lines, which is why this is not a set of columns. Flows that are not TCP keep their payload
 * byte counts in the same row.
 *
 * Sequence numbers named `rel` count from the endpoint's start (its SYN, seen or assumed), modulo 2^32.
 */

/** Endpoint states in Zeek's order. */
export const ENDPOINT = {
  inactive: 0,
  synSent: 1,
  synAckSent: 2,
  partial: 3,
  established: 4,
  closed: 5,
  reset: 6,
} as const;

export const BLOCK = 16;
export const ROW = 2 * BLOCK;

/** Words of a block. */
export const W = {
  start: 0,
  last: 1,
  ack: 2,
  /** Wraps of `last` in the low half, of `ack` in the high half. */
  wraps: 3,
  finRel: 4,
  histSyn: 5,
  histFin: 6,
  histRst: 7,
  retransmits: 8,
  zeroWindows: 9,
  gaps: 10,
  /** Up to where payload was seen without a hole, and up to where it was acknowledged (relative). */
  seenRel: 11,
  trimRel: 12,
  /** First island + 1: payload seen beyond a hole; 0 when there is none. */
  islands: 13,
  status: 14,
  /** Payload bytes that were acknowledged but never seen, saturating. */
  missed: 15,
} as const;

/** Payload bytes of flows that are not TCP: low and high word. */
export const PAYLOAD_LOW = 0;
export const PAYLOAD_HIGH = 1;

/** Bits of `W.status`: state (3 bits), previous state (3 bits), then: */
export const STATUS = {
  didClose: 1 << 6,
  didEof: 1 << 7,
  /** Payload is no longer followed (too much of it beyond a hole without any acknowledgement). */
  skip: 1 << 8,
  packetSeen: 1 << 9,
  finSeen: 1 << 10,
  /** UDP and ICMP: this side sent something. */
  active: 1 << 11,
} as const;

/** History letters that are written once per direction, as bits of `W.status`. */
export const SEEN = {
  syn: 1 << 16,
  fin: 1 << 17,
  rst: 1 << 18,
  finRst: 1 << 19,
  data: 1 << 20,
  ack: 1 << 21,
  multiFlag: 1 << 22,
} as const;

export function stateOf(words: Uint32Array, block: number): number {
  return words[block + W.status]! & 7;
}

export function previousStateOf(words: Uint32Array, block: number): number {
  return (words[block + W.status]! >>> 3) & 7;
}

/** a - b as signed 32-bit. */
export function sequenceDelta(a: number, b: number): number {
  return (a - b) | 0;
}

/** True when none of the endpoint's data was acknowledged; a SYN may have been. */
export function noDataAcked(words: Uint32Array, block: number): boolean {
  if (words[block + W.wraps]! >>> 16 !== 0) return false;
  const ack = words[block + W.ack]!;
  const start = words[block + W.start]!;
  return ack === start || ack === start + 1;
}

/** Payload bytes that an endpoint sent, from its sequence numbers, as Zeek counts them. */
export function endpointSize(words: Uint32Array, block: number, peer: number): number {
  if (
    previousStateOf(words, block) === ENDPOINT.synSent &&
    stateOf(words, block) === ENDPOINT.reset &&
    stateOf(words, peer) === ENDPOINT.inactive &&
    !noDataAcked(words, block)
  ) {
    return 0; // A half-open connection was discovered and aborted: its sequence numbers say nothing.
  }
  const wraps = words[block + W.wraps]!;
  const last = (wraps & 0xffff) * 0x1_0000_0000 + words[block + W.last]!;
  const ack = (wraps >>> 16) * 0x1_0000_0000 + words[block + W.ack]!;
  let size = Math.max(last, ack) - words[block + W.start]!;
  // Zeek counts in unsigned 64 bits; a start above everything seen later (a hostile SYN) would be 2^64 there.
  if (size < 0) return 0;
  if (size > 0) size--; // the SYN, seen or assumed
  if (size > 0 && (words[block + W.status]! & STATUS.finSeen) !== 0) size--;
  return size;
}
