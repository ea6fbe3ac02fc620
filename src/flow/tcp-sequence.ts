import { TCP_FLAG } from '../packet/layer.ts';
import { ENDPOINT, previousStateOf, sequenceDelta, stateOf, W } from './tcp-endpoint.ts';

/**
 * Sequence accounting of one endpoint: where its numbers start, how far it sent, how far it was acknowledged, and how
 * often the 32-bit space wrapped. Blocks are those of `tcp-endpoint.ts`.
 */

const { fin: FIN, syn: SYN, rst: RST } = TCP_FLAG;

/** A sequence number further away than this is not believed in a SYN or RST, or an acknowledgement of 0. */
export const TOO_LARGE_DELTA = 1_048_576;

/** Sets where the endpoint's sequence numbers start, or start anew. */
export function initialise(
  words: Uint32Array,
  block: number,
  flags: number,
  sequence: number,
  end: number,
): void {
  const state = stateOf(words, block);
  if (state === ENDPOINT.inactive) {
    const isSyn = (flags & SYN) !== 0;
    // Without a SYN the numbers are set as if there had been one, and the first segment is not a repetition.
    const start = isSyn ? sequence : (sequence - 1) >>> 0;
    words[block + W.start] = start;
    words[block + W.ack] = start;
    words[block + W.last] = isSyn ? end : sequence;
    return;
  }
  if ((flags & SYN) === 0) return;
  const restarts =
    state === ENDPOINT.synSent || state === ENDPOINT.synAckSent
      ? sequence !== words[block + W.start]
      : state === ENDPOINT.established ||
        state === ENDPOINT.partial ||
        (state === ENDPOINT.reset && previousStateOf(words, block) === ENDPOINT.inactive);
  if (!restarts) return;
  words[block + W.start] = sequence;
  words[block + W.ack] = sequence;
  words[block + W.last] = end;
}

/** Notes what the segment acknowledges of the peer's numbers; returns it relative to the peer's start. */
export function noteAck(words: Uint32Array, peer: number, flags: number, ack: number): number {
  if (stateOf(words, peer) === ENDPOINT.inactive) {
    const start = (ack - 1) >>> 0;
    words[peer + W.start] = start;
    words[peer + W.ack] = start;
    words[peer + W.last] = start;
    return 1;
  }
  const acked = words[peer + W.ack]!;
  const wraps = words[peer + W.wraps]!;
  if (isUnderflow(words, peer, ack, acked, wraps >>> 16)) return 0;
  if ((flags & RST) === 0) {
    const delta = sequenceDelta(ack, acked);
    // An acknowledgement of 0 far ahead is a broken one rather than a large transfer.
    if (delta > 0 && !(ack === 0 && delta > TOO_LARGE_DELTA)) {
      if (ack < acked && wraps >>> 16 < 0xffff) words[peer + W.wraps] = wraps + 0x1_0000;
      words[peer + W.ack] = ack;
    }
  }
  return (ack - words[peer + W.start]!) >>> 0;
}

/** Moves the last sequence number on. Returns true when payload was repeated instead. */
export function noteLast(
  words: Uint32Array,
  block: number,
  flags: number,
  end: number,
  length: number,
): boolean {
  const last = words[block + W.last]!;
  const advance = sequenceDelta(end, last);
  if ((flags & (SYN | RST)) !== 0 && (advance > TOO_LARGE_DELTA || advance < -TOO_LARGE_DELTA)) return false;
  const onlySynSeen = last === (words[block + W.start]! + 1) >>> 0;
  // With nothing but SYN and FIN seen the FIN tells the size, even of more than 2 GiB.
  if ((flags & FIN) !== 0 && onlySynSeen) moveLast(words, block, last, end);
  else if (stateOf(words, block) === ENDPOINT.reset) return false;
  else if (advance > 0) moveLast(words, block, last, end);
  else return length > 0;
  return false;
}

function moveLast(words: Uint32Array, block: number, last: number, end: number): void {
  const wraps = words[block + W.wraps]!;
  if (end < last && (wraps & 0xffff) < 0xffff) words[block + W.wraps] = wraps + 1;
  words[block + W.last] = end;
}

/** True when `sequence` lies before the endpoint's start: a repetition from before the capture, or garbage. */
export function isUnderflow(
  words: Uint32Array,
  block: number,
  sequence: number,
  last: number,
  wraps: number,
): boolean {
  const delta = sequenceDelta(sequence, last);
  if (delta < 0 && wraps > 0 && sequence > last) wraps--;
  else if (delta > 0 && sequence < last) wraps++;
  return wraps === 0 && sequenceDelta(sequence, words[block + W.start]!) < 0;
}
