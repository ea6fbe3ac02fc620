import type { IslandPool } from './islands.ts';
import { ENDPOINT, noDataAcked, previousStateOf, sequenceDelta, stateOf, STATUS, W } from './tcp-endpoint.ts';

/**
 * Which payload of a direction was seen and which was acknowledged without having been seen (a content gap). It
 * follows Zeek's reassembler in what counts as missing; it keeps ranges only, no bytes.
 */

/** Payload beyond a hole that is still followed although the other side acknowledged nothing at all. */
const MAX_ABOVE_HOLE_WITHOUT_ACKS = 16_384;
/** Unacknowledged payload in all that is still followed. */
export const MAX_UNACKED = 10 * 1024 * 1024;

/** Gaps count only while both sides are established, or closed after having been. */
function isClean(words: Uint32Array, block: number): boolean {
  const state = stateOf(words, block);
  return (
    state === ENDPOINT.established ||
    (state === ENDPOINT.closed && previousStateOf(words, block) === ENDPOINT.established)
  );
}

/** Payload [rel, rel + length) was seen whole. */
export function dataSeen(
  words: Uint32Array,
  block: number,
  islands: IslandPool,
  rel: number,
  length: number,
): void {
  const status = words[block + W.status]!;
  if ((status & STATUS.skip) !== 0) return;
  const end = (rel + length) >>> 0;
  const acked = (words[block + W.ack]! - words[block + W.start]!) >>> 0;
  const trim = words[block + W.trimRel]!;
  if (sequenceDelta(end, acked) <= 0 && sequenceDelta(rel, acked) < 0) return;
  if (sequenceDelta(end, trim) <= 0) return;
  let seen = words[block + W.seenRel]!;
  if (sequenceDelta(rel, seen) <= 0) {
    if (sequenceDelta(end, seen) > 0) {
      seen = end;
      words[block + W.seenRel] = seen;
      if (words[block + W.islands] !== 0) absorb(words, block, islands);
    }
  } else {
    words[block + W.islands] = islands.insert(words[block + W.islands]!, rel, end);
  }
  const head = words[block + W.islands]!;
  const beyond = head === 0 ? 0 : (islands.lastEnd(head) - seen) >>> 0;
  const kept = (words[block + W.seenRel]! - trim) >>> 0;
  if ((beyond > MAX_ABOVE_HOLE_WITHOUT_ACKS && noDataAcked(words, block)) || beyond + kept > MAX_UNACKED) {
    islands.releaseAll(head);
    words[block + W.islands] = 0;
    words[block + W.status] = status | STATUS.skip;
  }
}

/** Joins islands that what was seen has reached. */
function absorb(words: Uint32Array, block: number, islands: IslandPool): void {
  let head = words[block + W.islands]!;
  let seen = words[block + W.seenRel]!;
  while (head !== 0 && sequenceDelta(islands.start(head), seen) <= 0) {
    if (sequenceDelta(islands.end(head), seen) > 0) seen = islands.end(head);
    head = islands.release(head);
  }
  words[block + W.seenRel] = seen;
  words[block + W.islands] = head;
}

/**
 * The other side acknowledged up to `rel`. Returns the number of gaps that this revealed and that count; their
 * bytes are added to `W.missed`.
 */
export function dataAcked(
  words: Uint32Array,
  block: number,
  peer: number,
  islands: IslandPool,
  rel: number,
  isPartial: boolean,
): number {
  if (
    (words[block + W.status]! & STATUS.finSeen) !== 0 &&
    sequenceDelta(rel, words[block + W.finRel]!) >= 0
  ) {
    rel = (words[block + W.finRel]! - 1) >>> 0;
  }
  if (sequenceDelta(rel, words[block + W.trimRel]!) <= 0) return 0;
  let gaps = 0;
  // A partial flow's start is assumed: an acknowledgement of its first byte or two is no gap.
  if (sequenceDelta(rel, words[block + W.seenRel]!) > 0 && !(isPartial && rel <= 2)) {
    gaps = skipTo(words, block, peer, islands, rel);
  }
  words[block + W.trimRel] = rel;
  return gaps;
}

/** Gives up waiting for what is missing below `rel`. */
function skipTo(words: Uint32Array, block: number, peer: number, islands: IslandPool, rel: number): number {
  const counts =
    (words[block + W.status]! & STATUS.skip) === 0 && isClean(words, block) && isClean(words, peer);
  let gaps = 0;
  let missed = 0;
  let seen = words[block + W.seenRel]!;
  let head = words[block + W.islands]!;
  while (head !== 0 && sequenceDelta(islands.start(head), rel) < 0) {
    gaps++;
    missed += (islands.start(head) - seen) >>> 0;
    seen = islands.end(head);
    head = islands.release(head);
  }
  if (sequenceDelta(rel, seen) > 0) {
    gaps++;
    missed += (rel - seen) >>> 0;
    seen = rel;
  }
  words[block + W.seenRel] = seen;
  words[block + W.islands] = head;
  if (head !== 0) absorb(words, block, islands);
  if (!counts) return 0;
  words[block + W.missed] = Math.min(words[block + W.missed]! + missed, 0xffff_ffff);
  return gaps;
}

/** True while payload below the last sequence number was not seen yet, so that a close is not complete. */
export function dataPending(words: Uint32Array, block: number, peer: number): boolean {
  const status = words[block + W.status]!;
  if ((status & STATUS.skip) !== 0) return false;
  const lastRel = (words[block + W.last]! - words[block + W.start]!) >>> 0;
  const ahead = sequenceDelta(lastRel, words[block + W.seenRel]!);
  if (ahead < 0) return false;
  if (ahead > 1) return true;
  return (
    (status & 7) !== ENDPOINT.reset &&
    (words[peer + W.islands] !== 0 || sequenceDelta(words[peer + W.seenRel]!, words[peer + W.trimRel]!) > 0)
  );
}
