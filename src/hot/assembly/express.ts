/**
 * The express lane: packets that only add to counters. A packet takes it when its flow was admitted, everything that
 * the long way would look at is as it was in the packet before of the same direction, and nothing can begin or end with
 * it: the second, a timer, a state, a letter of the history, the inspection of payload.
 */
import * as C from './layout';

const TCP: u32 = 1 << 6;
const TCP_OR_UDP: u32 = (1 << 6) | (1 << 7);
const IPV4: u32 = 1 << 4;
/** FIN, SYN, RST and ACK, of which only the last may be set. */
const CONTROL: u32 = 0x17;
const ACK: u32 = 0x10;
const TOO_LARGE_DELTA: u32 = 1048576;
/** Payload beyond a hole that is followed without an acknowledgement. */
const MAX_UNACKED: u32 = C.MAX_UNACKED;
const MOST_BYTES: u32 = 0x7fffffff;

// @ts-ignore: decorator
@inline function mix(word: u32, port: u32): u32 {
  let h = (word ^ (word >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13) ^ port) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

// @ts-ignore: decorator
@inline function fold(at: usize): u32 {
  const high = load<u32>(at) ^ (load<u32>(at, 4) << 1) ^ (load<u32>(at, 8) << 2);
  return load<u32>(at, 12) ^ (high * 0x9e3779b1);
}

/** Of the tuple of row `i`, in both directions the same; never 0. */
// @ts-ignore: decorator
@inline function keyOf(base: usize, i: u32, layers: u32): u32 {
  const r16 = base + (<usize>i << 4);
  const r2 = base + (<usize>i << 1);
  const src = mix(fold(r16 + C.srcIp), load<u16>(r2, C.srcPort));
  const dst = mix(fold(r16 + C.dstIp), load<u16>(r2, C.dstPort));
  const h = (src + dst) * 0x2c1b3c6d;
  return (h ^ (h >>> 15) ^ (layers & TCP)) | 1;
}

// @ts-ignore: decorator
@inline function sameIp(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8);
}

// @ts-ignore: decorator
@inline function setOf(key: u32): u32 {
  return ((key >>> 1) & (C.RECORDS / C.RECORD_WAYS - 1)) * C.RECORD_WAYS;
}

/** The record for the tuple of row `i`: its own, a free one, or the one of its set that was quiet for longest. */
export function place(base: usize, i: u32): u32 {
  const layers = load<u32>(base + (<usize>i << 2), C.layers);
  const key = keyOf(base, i, layers);
  const first = setOf(key);
  let best = first;
  let bestSeconds: u32 = 0xffffffff;
  for (let n = first; n < first + C.RECORD_WAYS; n++) {
    const record = C.RECORD_BASE + <usize>n * C.RECORD_BYTES;
    const there = load<u32>(C.KEYS + (<usize>n << 2));
    if (there == key && wayOf(base, i, record) >= 0) return n;
    const seconds: u32 = there == 0 ? 0 : load<u32>(record, C.lastSeconds) + 1;
    if (seconds < bestSeconds) {
      bestSeconds = seconds;
      best = n;
    }
  }
  return best;
}

/** Key under which the record of row `i` is found from now on. */
export function open(base: usize, i: u32, n: u32): void {
  store<u32>(C.KEYS + (<usize>n << 2), keyOf(base, i, load<u32>(base + (<usize>i << 2), C.layers)));
}

/** 0 when row `i` comes from the originator of the record's flow, 1 from the responder, -1 when it is of another. */
// @ts-ignore: decorator
@inline function wayOf(base: usize, i: u32, record: usize): i32 {
  const r16 = base + (<usize>i << 4);
  const r2 = base + (<usize>i << 1);
  const source = <u32>load<u16>(r2, C.srcPort);
  const destination = <u32>load<u16>(r2, C.dstPort);
  if (load<u8>(base + <usize>i, C.ipProtocol) != load<u8>(record, C.record_ipProtocol)) return -1;
  const origPort = <u32>load<u16>(record, C.origPort);
  const respPort = <u32>load<u16>(record, C.respPort);
  if (
    origPort == source &&
    respPort == destination &&
    sameIp(r16 + C.srcIp, record + C.origIp) &&
    sameIp(r16 + C.dstIp, record + C.respIp)
  ) {
    return 0;
  }
  if (
    origPort == destination &&
    respPort == source &&
    sameIp(r16 + C.srcIp, record + C.respIp) &&
    sameIp(r16 + C.dstIp, record + C.origIp)
  ) {
    return 1;
  }
  return -1;
}

/** One packet more for a device, in the two columns of its direction; -1 is none. */
// @ts-ignore: decorator
@inline function count(device: i32, wire: f64, clock: u32, now: u32, packets: usize, bytes: usize): void {
  if (device < 0) return;
  const d8 = <usize>device << 3;
  const d4 = <usize>device << 2;
  store<f64>(packets + d8, load<f64>(packets + d8) + 1);
  store<f64>(bytes + d8, load<f64>(bytes + d8) + wire);
  store<u32>(d4, clock, C.DEV_lastSeconds);
  store<u32>(d4, now, C.DEV_lastNanos);
}

/** What `probe` read, so that it is not left out. */
let touched: u32 = 0;

/**
 * Looks up the records of rows [i, end) all at once: the memory that they lie in is fetched for many rows at the same
 * time, where `run` would wait for one after the other.
 */
export function probe(base: usize, i: u32, end: u32): void {
  let sum: u32 = 0;
  for (; i < end; i++) {
    const layers = load<u32>(base + (<usize>i << 2), C.layers);
    let found = C.NO_RECORD;
    if ((layers & TCP_OR_UDP) != 0) {
      const key = keyOf(base, i, layers);
      const first = setOf(key);
      for (let n = first; n < first + C.RECORD_WAYS; n++) {
        if (load<u32>(C.KEYS + (<usize>n << 2)) != key) continue;
        const record = C.RECORD_BASE + <usize>n * C.RECORD_BYTES;
        sum += load<u32>(record) + load<u32>(record, C.RECORD_WAY) + load<u32>(record, C.RECORD_WAY + C.WAY_BYTES);
        found = n;
        break;
      }
    }
    store<u16>(base + (<usize>i << 1), <u16>found, C.record);
  }
  touched = sum;
}

/** Takes rows from `i` on, as far as they can take the express lane; returns the first that cannot, or `end`. */
export function run(base: usize, i: u32, end: u32): u32 {
  if (load<u32>(C.ST_isCalm) == 0) return i;
  const clock = load<u32>(C.ST_seconds);
  const latestSeconds = load<u32>(C.ST_latestSeconds);
  // A packet from the future was seen: times are compared the long way.
  if (latestSeconds > clock) return i;
  let latestNanos: u32 = latestSeconds == clock ? load<u32>(C.ST_latestNanos) : 0;
  let nanos = load<u32>(C.ST_nanos);
  const shortest = load<u32>(C.ST_shortestTimeout);
  let isMoved = false;
  for (; i < end; i++) {
    const r4 = base + (<usize>i << 2);
    const layers = load<u32>(r4, C.layers);
    const now = load<u32>(r4, C.tsNanos);
    if (
      (layers & TCP_OR_UDP) == 0 ||
      load<u32>(r4, C.tsSeconds) != clock ||
      now < nanos ||
      now < latestNanos ||
      load<u32>(r4, C.subframeOffset) != 0
    ) {
      break;
    }
    let record: usize = 0;
    let way: i32 = -1;
    const probed = <u32>load<u16>(base + (<usize>i << 1), C.record);
    if (probed != C.NO_RECORD) {
      record = C.RECORD_BASE + <usize>probed * C.RECORD_BYTES;
      if (load<u32>(C.KEYS + (<usize>probed << 2)) != 0) way = wayOf(base, i, record);
    }
    if (way < 0) {
      // Admitted since, or another flow with the same key.
      const key = keyOf(base, i, layers);
      const first = setOf(key);
      for (let n = first; n < first + C.RECORD_WAYS; n++) {
        if (load<u32>(C.KEYS + (<usize>n << 2)) != key) continue;
        record = C.RECORD_BASE + <usize>n * C.RECORD_BYTES;
        way = wayOf(base, i, record);
        if (way >= 0) break;
      }
      if (way < 0) break;
    }
    const own = record + C.RECORD_WAY + <usize>way * C.WAY_BYTES;
    const flags = load<u32>(own, C.WAY_flags);
    const r8 = base + (<usize>i << 3);
    const r1 = base + <usize>i;
    const captured = load<u32>(r4, C.payloadCapLen);
    const bytes = load<u32>(own, C.WAY_ipBytes) + load<u32>(r4, C.ipLen);
    if (
      (flags & C.KNOWN) == 0 ||
      load<u32>(own, C.WAY_layers) != layers ||
      load<u64>(own, C.WAY_srcMac) != load<u64>(r8, C.srcMac) ||
      load<u64>(own, C.WAY_dstMac) != load<u64>(r8, C.dstMac) ||
      load<u8>(own, C.WAY_ttl) != load<u8>(r1, C.ttl) ||
      clock >= load<u32>(record, C.until) ||
      clock - load<u32>(record, C.lastSeconds) >= shortest ||
      (captured != 0 && (flags & C.INSPECTED) == 0) ||
      bytes > MOST_BYTES
    ) {
      break;
    }
    const length = load<u32>(r4, C.payloadLen);
    const tcpFlags = load<u8>(r1, C.tcpFlags);
    if ((layers & TCP) != 0) {
      const peer = record + C.RECORD_WAY + <usize>(1 - way) * C.WAY_BYTES;
      if (
        (tcpFlags & CONTROL) != ACK ||
        load<u16>(base + (<usize>i << 1), C.tcpWindow) == 0 ||
        (flags & (length > 0 ? C.DATA : C.ACKED)) == 0
      ) {
        break;
      }
      const sequence = load<u32>(r4, C.tcpSeq);
      const ack = load<u32>(r4, C.tcpAck);
      const rel = sequence - load<u32>(own, C.WAY_start);
      const acked = load<u32>(peer, C.WAY_ack);
      const ackRel = ack - load<u32>(peer, C.WAY_start);
      const after = sequence + length;
      if (
        sequence != load<u32>(own, C.WAY_last) ||
        after < sequence ||
        rel > MOST_BYTES ||
        ackRel > MOST_BYTES ||
        ack < acked ||
        ack - acked > TOO_LARGE_DELTA ||
        ackRel > load<u32>(peer, C.WAY_seenRel)
      ) {
        break;
      }
      if (length > 0) {
        const seen = rel + length;
        if (
          rel != load<u32>(own, C.WAY_seenRel) ||
          captured < length ||
          <i32>(seen - load<u32>(own, C.WAY_trimRel)) > <i32>MAX_UNACKED
        ) {
          break;
        }
        store<u32>(own, after, C.WAY_last);
        store<u32>(own, seen, C.WAY_seenRel);
      }
      if (ack != acked) {
        store<u32>(peer, ack, C.WAY_ack);
        if (ackRel > load<u32>(peer, C.WAY_trimRel)) store<u32>(peer, ackRel, C.WAY_trimRel);
      }
    } else {
      store<u32>(own, load<u32>(own, C.WAY_last) + length, C.WAY_last);
    }
    nanos = latestNanos = now;
    isMoved = true;
    store<u32>(own, load<u32>(own, C.WAY_packets) + 1, C.WAY_packets);
    store<u32>(own, bytes, C.WAY_ipBytes);
    store<u8>(own, load<u8>(own, C.WAY_tcpFlags) | tcpFlags, C.WAY_tcpFlags);
    store<u32>(record, clock, C.lastSeconds);
    store<u32>(record, now, C.lastNanos);
    const wire = <f64>load<u32>(r4, C.wireLen);
    count(load<i32>(own, C.WAY_source), wire, clock, now, C.DEV_packetsOut, C.DEV_bytesOut);
    count(load<i32>(own, C.WAY_destination), wire, clock, now, C.DEV_packetsIn, C.DEV_bytesIn);
  }
  if (isMoved) {
    store<u32>(C.ST_nanos, nanos);
    store<u32>(C.ST_latestSeconds, clock);
    store<u32>(C.ST_latestNanos, latestNanos);
  }
  return i;
}
