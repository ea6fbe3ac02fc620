import type { PacketBatch } from '../packet/batch.ts';
import { TCP_FLAG } from '../packet/layer.ts';
import { appendHistory, isLogarithmicStep } from './history.ts';
import { IslandPool } from './islands.ts';
import { dataAcked, dataPending, dataSeen, MAX_UNACKED } from './tcp-content.ts';
import { BLOCK, ENDPOINT, previousStateOf, ROW, SEEN, stateOf, STATUS, W } from './tcp-endpoint.ts';
import { initialise, isUnderflow, noteAck, noteLast, TOO_LARGE_DELTA } from './tcp-sequence.ts';

/**
 * The TCP connection state machine with Zeek's semantics: endpoint states, history letters, sequence accounting,
 * and when a connection counts as closed. It works on rows of `tcp-endpoint.ts` and keeps no time: what it returns
 * tells the table what to do with its timers.
 */

/** What a segment did to its flow. */
export const EFFECT = {
  /** Originator and responder changed places (the SYN came after the SYN-ACK). */
  flip: 1,
  /** A connection attempt began: it is given up if nothing answers. */
  attempt: 2,
  /** The handshake is over, or never was seen: the long inactivity timeout applies. */
  beyondHandshake: 4,
  /** Closed for good: the flow ends after the close delay. */
  closed: 8,
  /** The segment moves the end of the flow. */
  touch: 16,
} as const;

/** Per flow, in `TcpStates.bits`. */
const FLOW = { partial: 1, closeDeferred: 2, closed: 4 } as const;

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG;

/** What the status of an established, undisturbed endpoint is under the mask. */
const ESTABLISHED_BITS = ENDPOINT.established | STATUS.packetSeen;
const ESTABLISHED_MASK =
  7 | STATUS.didClose | STATUS.didEof | STATUS.skip | STATUS.packetSeen | STATUS.finSeen;

/** Upper-case letters; the responder's are lower-case. */
const LOWER = 0x20;
const LETTER = {
  S: 83,
  H: 72,
  A: 65,
  D: 68,
  F: 70,
  R: 82,
  G: 71,
  T: 84,
  W: 87,
  I: 73,
  Q: 81,
  flip: 94,
} as const;

export class TcpStates {
  /** `ROW` words per slot. */
  words = new Uint32Array(0);
  /** `FLOW` bits per slot. */
  bits = new Uint8Array(0);
  /** History letters per slot, shared with the table. */
  history = new Uint32Array(0);
  readonly #islands = new IslandPool();
  #effects = 0;

  /** Forgets what an earlier flow left in the slot. */
  open(slot: number): void {
    this.words.fill(0, slot * ROW, slot * ROW + ROW);
    this.words[slot * ROW + W.seenRel] = this.words[slot * ROW + W.trimRel] = 1;
    this.words[slot * ROW + BLOCK + W.seenRel] = this.words[slot * ROW + BLOCK + W.trimRel] = 1;
    this.bits[slot] = 0;
  }

  /** Gives back what the flow holds outside its row. */
  close(slot: number): void {
    for (const block of [slot * ROW, slot * ROW + BLOCK]) {
      if (this.words[block + W.islands] !== 0) this.#islands.releaseAll(this.words[block + W.islands]!);
      this.words[block + W.islands] = 0;
    }
  }

  /** True when the SYN in row `i` begins another connection between the same ports. */
  isReuse(slot: number, batch: PacketBatch, i: number): boolean {
    const flags = batch.tcpFlags[i]!;
    const sequence = batch.tcpSeq[i]!;
    const words = this.words;
    const orig = slot * ROW;
    const resp = orig + BLOCK;
    let starter = orig;
    if ((flags & ACK) !== 0) {
      if (stateOf(words, orig) !== ENDPOINT.inactive) return false;
      starter = resp;
    }
    if (((words[orig + W.status]! | words[resp + W.status]!) & STATUS.didClose) !== 0) return true;
    if (sequence === words[starter + W.start]) return false;
    const isReversedHandshake =
      (flags & ACK) === 0 &&
      stateOf(words, starter) === ENDPOINT.synAckSent &&
      stateOf(words, resp) === ENDPOINT.inactive &&
      sequence === words[resp + W.start];
    return !isReversedHandshake;
  }

  /** Exchanges originator and responder, as at the start of a flow seen from its middle. */
  flip(slot: number): void {
    const words = this.words;
    const orig = slot * ROW;
    for (let i = orig; i < orig + BLOCK; i++) {
      const word = words[i]!;
      words[i] = words[i + BLOCK]!;
      words[i + BLOCK] = word;
    }
    this.bits[slot]! &= ~FLOW.partial;
    appendHistory(this.history, slot, LETTER.flip);
  }

  /**
   * Takes the segment in row `i`. Returns `EFFECT` bits. (Sequence numbers are read from the batch where they are
   * needed: as arguments those above 2^31 would be allocated.)
   */
  segment(slot: number, direction: number, batch: PacketBatch, i: number): number {
    const words = this.words;
    const fromOriginator = direction === 0;
    const block = slot * ROW + direction * BLOCK;
    const peer = slot * ROW + BLOCK - direction * BLOCK;
    const flags = batch.tcpFlags[i]!;
    const window = batch.tcpWindow[i]!;
    const sequence = batch.tcpSeq[i]!;
    const ack = batch.tcpAck[i]!;
    const length = batch.payloadLen[i]!;
    const captured = batch.payloadCapLen[i]!;
    const lower = fromOriginator ? 0 : LOWER;
    this.#effects = 0;
    this.#notePartial(slot, block, fromOriginator, flags);

    // A RST's payload is not part of the stream; SYN and FIN take one number each.
    const extent =
      ((flags & RST) === 0 ? length : 0) + ((flags & SYN) === 0 ? 0 : 1) + ((flags & FIN) === 0 ? 0 : 1);
    const end = (sequence + extent) >>> 0;
    initialise(words, block, flags, sequence, end);
    const rel = (sequence - words[block + W.start]!) >>> 0;
    const underflow = isUnderflow(
      words,
      block,
      sequence,
      words[block + W.last]!,
      words[block + W.wraps]! & 0xffff,
    );

    this.#noteHistory(slot, block, lower, flags, rel, length);
    if (
      window === 0 &&
      (flags & RST) === 0 &&
      stateOf(words, peer) !== ENDPOINT.closed &&
      stateOf(words, block) !== ENDPOINT.reset
    ) {
      if (isLogarithmicStep(++words[block + W.zeroWindows]!))
        appendHistory(this.history, slot, LETTER.W | lower);
    }
    if (!this.#bothClosed(block, peer)) this.#effects |= EFFECT.touch;
    if ((flags & FIN) !== 0) {
      words[block + W.status]! |= STATUS.finSeen;
      words[block + W.finRel] = (rel + extent) >>> 0;
    }

    let ackRel = 0;
    if ((flags & ACK) !== 0) ackRel = noteAck(words, peer, flags, ack);
    const isRepeated = noteLast(words, block, flags, end, length);
    if (isRepeated && isLogarithmicStep(++words[block + W.retransmits]!)) {
      appendHistory(this.history, slot, LETTER.T | lower);
    }
    const closes = this.#transition(slot, block, peer, fromOriginator, flags, sequence, length);

    // A flip in the transition swapped the blocks; what follows is about the sender, wherever it is now.
    const flipped = (this.#effects & EFFECT.flip) !== 0;
    const sender = flipped ? peer : block;
    const receiver = flipped ? block : peer;
    const senderLower = flipped ? lower ^ LOWER : lower;
    if ((flags & ACK) !== 0 && ackRel !== 0) {
      const gaps = dataAcked(
        words,
        receiver,
        sender,
        this.#islands,
        ackRel,
        (this.bits[slot]! & FLOW.partial) !== 0,
      );
      for (let g = 0; g < gaps; g++) {
        if (isLogarithmicStep(++words[receiver + W.gaps]!)) {
          appendHistory(this.history, slot, LETTER.G | (senderLower ^ LOWER));
        }
      }
      this.#checkEof(slot, receiver, sender);
    }
    words[sender + W.status]! |= STATUS.packetSeen;
    if (length > 0 && captured >= length && (flags & RST) === 0 && !underflow) {
      dataSeen(words, sender, this.#islands, (flags & SYN) === 0 ? rel : rel + 1, length);
    }
    this.#checkEof(slot, sender, receiver);
    if (closes) this.#closeEndpoint(slot, sender, receiver);
    return this.#effects;
  }

  /**
   * Takes the usual segment, which is nearly all of them: both sides established, nothing missing, in order. Does the
   * same as `segment`, which then would only have touched the flow, or does nothing and returns false.
   */
  usual(slot: number, direction: number, batch: PacketBatch, i: number): boolean {
    if ((batch.tcpFlags[i]! & (SYN | FIN | RST | ACK)) !== ACK || batch.tcpWindow[i] === 0) return false;
    const words = this.words;
    const block = slot * ROW + direction * BLOCK;
    const peer = slot * ROW + BLOCK - direction * BLOCK;
    const status = words[block + W.status]!;
    if (
      (status & ESTABLISHED_MASK) !== ESTABLISHED_BITS ||
      (words[peer + W.status]! & (ESTABLISHED_MASK & ~STATUS.packetSeen)) !== ENDPOINT.established ||
      (words[block + W.islands]! | words[peer + W.islands]!) !== 0
    ) {
      return false;
    }
    const sequence = batch.tcpSeq[i]!;
    const ack = batch.tcpAck[i]!;
    const length = batch.payloadLen[i]!;
    const rel = (sequence - words[block + W.start]!) >>> 0;
    const acked = words[peer + W.ack]!;
    const ackRel = (ack - words[peer + W.start]!) >>> 0;
    const end = (sequence + length) >>> 0;
    // Nothing wraps: `end` is not below `sequence`, and both distances are below 2^31.
    if (
      sequence !== words[block + W.last] ||
      end < sequence ||
      rel > 0x7fff_ffff ||
      ackRel > 0x7fff_ffff ||
      ack < acked ||
      (ack - acked) >>> 0 > TOO_LARGE_DELTA ||
      ackRel > words[peer + W.seenRel]!
    ) {
      return false;
    }
    if (length > 0) {
      const after = rel + length;
      if (
        rel !== words[block + W.seenRel] ||
        batch.payloadCapLen[i]! < length ||
        after - words[block + W.trimRel]! > MAX_UNACKED
      ) {
        return false;
      }
      words[block + W.last] = end;
      words[block + W.seenRel] = after;
    }
    const seen = length > 0 ? SEEN.data : SEEN.ack;
    if ((status & seen) === 0) {
      words[block + W.status] = status | seen;
      appendHistory(this.history, slot, (length > 0 ? LETTER.D : LETTER.A) | (direction * LOWER));
    }
    if (ack !== acked) {
      words[peer + W.ack] = ack;
      if (ackRel > words[peer + W.trimRel]!) words[peer + W.trimRel] = ackRel;
    }
    return true;
  }

  /** Both sides are established, and nothing is missing: `usual` may take the next segment. */
  isUndisturbed(slot: number): boolean {
    const words = this.words;
    const orig = slot * ROW;
    const resp = orig + BLOCK;
    const mask = ESTABLISHED_MASK & ~STATUS.packetSeen;
    return (
      (words[orig + W.status]! & mask) === ENDPOINT.established &&
      (words[resp + W.status]! & mask) === ENDPOINT.established &&
      (words[orig + W.islands]! | words[resp + W.islands]!) === 0
    );
  }

  /** True while nothing answered the attempt to connect. */
  isUnanswered(slot: number): boolean {
    const state = stateOf(this.words, slot * ROW);
    return (
      (state === ENDPOINT.synSent || state === ENDPOINT.synAckSent) &&
      stateOf(this.words, slot * ROW + BLOCK) === ENDPOINT.inactive
    );
  }

  /** True when the flow is closed for good and waits for its close delay. */
  isClosed(slot: number): boolean {
    return (this.bits[slot]! & FLOW.closed) !== 0;
  }

  #bothClosed(a: number, b: number): boolean {
    return (this.words[a + W.status]! & this.words[b + W.status]! & STATUS.didClose) !== 0;
  }

  #notePartial(slot: number, block: number, fromOriginator: boolean, flags: number): void {
    if ((this.words[block + W.status]! & STATUS.packetSeen) !== 0) return;
    if (fromOriginator) {
      if ((flags & SYN) === 0 || (flags & ACK) !== 0) this.bits[slot]! |= FLOW.partial;
      else this.bits[slot]! &= ~FLOW.partial;
    } else if ((flags & SYN) === 0) {
      this.bits[slot]! |= FLOW.partial;
    }
  }

  #once(slot: number, block: number, bit: number, letter: number): boolean {
    if ((this.words[block + W.status]! & bit) !== 0) return false;
    this.words[block + W.status]! |= bit;
    appendHistory(this.history, slot, letter);
    return true;
  }

  #noteHistory(slot: number, block: number, lower: number, flags: number, rel: number, length: number): void {
    const words = this.words;
    switch (flags & (SYN | FIN | RST)) {
      case 0:
        if (length > 0) this.#once(slot, block, SEEN.data, LETTER.D | lower);
        else if ((flags & ACK) !== 0) this.#once(slot, block, SEEN.ack, LETTER.A | lower);
        return;
      case SYN: {
        const letter = ((flags & ACK) !== 0 ? LETTER.H : LETTER.S) | lower;
        if (!this.#once(slot, block, SEEN.syn, letter) && rel !== words[block + W.histSyn]) {
          appendHistory(this.history, slot, letter);
        }
        words[block + W.histSyn] = rel;
        return;
      }
      case FIN: {
        // A FIN comes after the data of its segment.
        const at = (rel + length) >>> 0;
        if (!this.#once(slot, block, SEEN.fin, LETTER.F | lower) && at !== words[block + W.histFin]) {
          appendHistory(this.history, slot, LETTER.F | lower);
        }
        words[block + W.histFin] = at;
        return;
      }
      case RST:
        if (!this.#once(slot, block, SEEN.rst, LETTER.R | lower) && rel !== words[block + W.histRst]) {
          appendHistory(this.history, slot, LETTER.R | lower);
        }
        words[block + W.histRst] = rel;
        return;
      default:
        if ((flags & (FIN | RST)) === (FIN | RST)) this.#once(slot, block, SEEN.finRst, LETTER.I | lower);
        else this.#once(slot, block, SEEN.multiFlag, LETTER.Q | lower);
    }
  }

  #setState(block: number, peer: number, state: number): void {
    const status = this.words[block + W.status]!;
    const old = status & 7;
    if (old === state) return;
    if (!isHandshake(state) && isHandshake(old) && isHandshake(stateOf(this.words, peer))) {
      this.#effects |= EFFECT.beyondHandshake;
    }
    this.words[block + W.status] = (status & ~0x3f) | state | (old << 3);
  }

  /** Returns true when the segment closes its sender's side. */
  #transition(
    slot: number,
    block: number,
    peer: number,
    fromOriginator: boolean,
    flags: number,
    sequence: number,
    length: number,
  ): boolean {
    const state = stateOf(this.words, block);
    switch (state) {
      case ENDPOINT.inactive:
        return this.#fromInactive(slot, block, peer, fromOriginator, flags, sequence, length);
      case ENDPOINT.synSent:
      case ENDPOINT.synAckSent:
        if ((flags & FIN) !== 0) this.#setState(block, peer, ENDPOINT.closed);
        if ((flags & RST) !== 0) this.#setState(block, peer, ENDPOINT.reset);
        return (flags & (FIN | RST)) !== 0;
      case ENDPOINT.established:
      case ENDPOINT.partial:
        return this.#fromEstablished(block, peer, flags);
      case ENDPOINT.closed:
        return this.#fromClosed(block, peer, flags);
      default:
        return false;
    }
  }

  #fromInactive(
    slot: number,
    block: number,
    peer: number,
    fromOriginator: boolean,
    flags: number,
    sequence: number,
    length: number,
  ): boolean {
    const words = this.words;
    if ((flags & SYN) !== 0) {
      if (fromOriginator) {
        this.#setState(block, peer, (flags & ACK) !== 0 ? ENDPOINT.synAckSent : ENDPOINT.synSent);
        this.#effects |= EFFECT.attempt;
      } else {
        if (
          (flags & ACK) === 0 &&
          stateOf(words, peer) === ENDPOINT.synAckSent &&
          sequence === words[block + W.start]
        ) {
          // SYN-ACK came before its SYN: what looked like the responder is the originator.
          this.flip(slot);
          this.#effects |= EFFECT.flip;
          const sender = peer;
          const receiver = block;
          this.#setState(receiver, sender, ENDPOINT.established);
          this.#setState(sender, receiver, ENDPOINT.established);
          words[sender + W.status]! |= STATUS.packetSeen;
          return this.#finishInactive(sender, receiver, flags);
        }
        if (stateOf(words, peer) === ENDPOINT.synSent) this.#setState(peer, block, ENDPOINT.established);
        this.#setState(block, peer, ENDPOINT.established);
      }
    }
    if ((flags & (FIN | RST)) !== 0) return this.#finishInactive(block, peer, flags);
    if (stateOf(words, block) !== ENDPOINT.inactive) return false;

    // No flag that changes the state. Some stacks acknowledge a SYN before they answer it: that is not yet partial.
    if (!fromOriginator && length === 0 && stateOf(words, peer) === ENDPOINT.synSent) return false;
    if ((flags & ACK) !== 0 && stateOf(words, peer) === ENDPOINT.established) {
      // The SYN was missed, the SYN-ACK was seen.
      this.#setState(block, peer, ENDPOINT.established);
      this.bits[slot]! &= ~FLOW.partial;
      words[block + W.status]! |= STATUS.packetSeen;
    } else {
      this.#setState(block, peer, ENDPOINT.partial);
    }
    return false;
  }

  #finishInactive(block: number, peer: number, flags: number): boolean {
    if ((flags & FIN) !== 0) this.#setState(block, peer, ENDPOINT.closed);
    if ((flags & RST) !== 0) this.#setState(block, peer, ENDPOINT.reset);
    return (flags & (FIN | RST)) !== 0;
  }

  #fromEstablished(block: number, peer: number, flags: number): boolean {
    const words = this.words;
    if (
      (flags & (SYN | ACK)) === SYN &&
      stateOf(words, block) === ENDPOINT.partial &&
      stateOf(words, peer) === ENDPOINT.inactive
    ) {
      this.#setState(block, peer, ENDPOINT.synSent);
    }
    if ((flags & FIN) !== 0 && (flags & RST) === 0) {
      this.#setState(block, peer, ENDPOINT.closed);
      // The peer sent a FIN and then a RST: that was a normal end after all.
      if (stateOf(words, peer) === ENDPOINT.reset && previousStateOf(words, peer) === ENDPOINT.closed) {
        this.#setState(peer, block, ENDPOINT.closed);
      }
    }
    if ((flags & RST) !== 0) this.#setState(block, peer, ENDPOINT.reset);
    return (flags & (FIN | RST)) !== 0;
  }

  #fromClosed(block: number, peer: number, flags: number): boolean {
    if ((flags & RST) === 0 || stateOf(this.words, peer) === ENDPOINT.closed) return false;
    this.#setState(block, peer, ENDPOINT.reset);
    return (this.words[block + W.status]! & STATUS.didClose) === 0;
  }

  #checkEof(slot: number, block: number, peer: number): void {
    const status = this.words[block + W.status]!;
    const ended =
      (status & STATUS.finSeen) !== 0 || (status & 7) === ENDPOINT.closed || (status & 7) === ENDPOINT.reset;
    if (!ended || (status & STATUS.didEof) !== 0 || dataPending(this.words, block, peer)) return;
    this.words[block + W.status] = status | STATUS.didEof;
    if ((this.bits[slot]! & FLOW.closeDeferred) !== 0) {
      this.#closeEndpoint(slot, block, peer);
      this.bits[slot]! &= ~FLOW.closeDeferred;
    }
  }

  #closeEndpoint(slot: number, block: number, peer: number): void {
    const words = this.words;
    if (dataPending(words, block, peer)) {
      this.bits[slot]! |= FLOW.closeDeferred;
      return;
    }
    this.bits[slot]! &= ~FLOW.closeDeferred;
    if ((words[block + W.status]! & STATUS.didClose) !== 0) return;
    words[block + W.status]! |= STATUS.didClose;
    if (
      stateOf(words, block) === ENDPOINT.reset ||
      (words[peer + W.status]! & STATUS.didClose) !== 0 ||
      stateOf(words, peer) === ENDPOINT.inactive
    ) {
      this.#effects |= EFFECT.closed;
      this.bits[slot]! |= FLOW.closed;
    }
  }
}

function isHandshake(state: number): boolean {
  return state <= ENDPOINT.synAckSent;
}
