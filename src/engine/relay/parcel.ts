/**
 * What goes from the thread of the traffic to that of the learning: rows of packets that something may be learned from,
 * whole and one behind the other, and a log of what happened, in order. The few there are go round. Each is seen by both
 * threads and belongs to one at a time. (Buffers that are handed
 * over instead take milliseconds to give back.)
 */
import { COLUMN, ROWS } from '../../hot/layout.ts';
import { PacketBatch } from '../../packet/batch.ts';
import { RECORD_DOUBLES, RECORD_WORDS, type RecordLog } from '../../flow/flows.ts';

/** What an entry of the log says: the lowest bits of its first word. */
export const ENTRY = {
  /** Row is a packet: count it for its sender and receiver. */
  count: 0,
  /** Look at the payload of a row. */
  look: 1,
  /** A flow began with a row. */
  start: 2,
  end: 3,
  turn: 4,
  /** Packets of which nothing but numbers is told, of one sender or receiver. */
  credit: 5,
  tick: 6,
} as const;
export const ENTRY_BITS = 3;
export const ENTRY_MASK = (1 << ENTRY_BITS) - 1;

/** Words and doubles of any entry at most. */
export const ENTRY_WORDS = RECORD_WORDS + 4;
export const ENTRY_DOUBLES = RECORD_DOUBLES;

const LOG_WORDS = 64 * 1024;
const LOG_DOUBLES = 16 * 1024;
/** Bytes of frames; a frame that is longer gets a parcel of its own size. */
const FRAME_BYTES = 512 * 1024;

const NUMBERS = Math.ceil(COLUMN.end / 8) * 8;
const DOUBLES = NUMBERS + ROWS * 8;
const WORDS = DOUBLES + LOG_DOUBLES * 8;
const FRAMES = WORDS + LOG_WORDS * 4;

/** A batch of rows that stood in several others: each has its own number. */
class PickedBatch extends PacketBatch {
  readonly #numbers: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    super(ROWS, buffer);
    this.#numbers = new Float64Array(buffer, NUMBERS, ROWS);
  }

  override packetNumber(i: number): number {
    return this.#numbers[i]!;
  }

  number(i: number, packet: number): void {
    this.#numbers[i] = packet;
  }
}

export class Parcel implements RecordLog {
  readonly buffer: SharedArrayBuffer;
  readonly batch: PickedBatch;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  /** Where the log is written or read. */
  at = 0;
  doubleAt = 0;
  /** Texts of the log, in order: few flows have any. */
  texts: string[] = [];

  /** An empty one with room for a frame of this length. */
  static of(frameBytes: number): Parcel {
    return new Parcel(new SharedArrayBuffer(FRAMES + Math.max(FRAME_BYTES, frameBytes)));
  }

  /** One over the buffer of another thread's. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.batch = new PickedBatch(buffer);
    this.batch.bytes = new Uint8Array(buffer, FRAMES);
    this.batch.byteLength = 0;
    this.words = new Uint32Array(buffer, WORDS, LOG_WORDS);
    this.doubles = new Float64Array(buffer, DOUBLES, LOG_DOUBLES);
  }

  /** Makes it empty. */
  clear(): void {
    this.batch.count = 0;
    this.batch.byteLength = 0;
    this.at = this.doubleAt = 0;
    this.texts = [];
  }

  get isEmpty(): boolean {
    return this.at === 0;
  }

  /** Half of its rows, log or bytes are used. */
  get isHalfFull(): boolean {
    return (
      this.batch.count * 2 >= ROWS ||
      this.at * 2 >= LOG_WORDS ||
      this.batch.byteLength * 2 >= this.batch.bytes.length
    );
  }

  /** An entry more has room. */
  get hasRoom(): boolean {
    return this.at + ENTRY_WORDS <= LOG_WORDS && this.doubleAt + ENTRY_DOUBLES <= LOG_DOUBLES;
  }

  /** A row more has room. */
  hasRoomFor(frameBytes: number): boolean {
    return this.batch.count < ROWS && this.batch.byteLength + frameBytes <= this.batch.bytes.length;
  }

  /** Copies row `i` of a batch and `length` bytes of its frame, which must have room; returns its row here. */
  pick(from: PacketBatch, i: number, length: number): number {
    const to = this.batch;
    const row = to.count++;
    const frame = from.frameOffset[i]!;
    const start = to.byteLength;
    this.append(from, frame, length);
    to.number(row, from.packetNumber(i));
    to.frameOffset[row] = start;
    to.capLen[row] = from.capLen[i]!;
    to.wireLen[row] = from.wireLen[i]!;
    to.tsSeconds[row] = from.tsSeconds[i]!;
    to.tsNanos[row] = from.tsNanos[i]!;
    to.linkType[row] = from.linkType[i]!;
    to.interfaceId[row] = from.interfaceId[i]!;
    to.layers[row] = from.layers[i]!;
    to.srcMac[row] = from.srcMac[i]!;
    to.dstMac[row] = from.dstMac[i]!;
    to.etherType[row] = from.etherType[i]!;
    to.vlanId[row] = from.vlanId[i]!;
    to.innerVlanId[row] = from.innerVlanId[i]!;
    to.tunnelDepth[row] = from.tunnelDepth[i]!;
    for (let w = 0; w < 4; w++) {
      to.srcIp[row * 4 + w] = from.srcIp[i * 4 + w]!;
      to.dstIp[row * 4 + w] = from.dstIp[i * 4 + w]!;
    }
    to.ipLen[row] = from.ipLen[i]!;
    to.ttl[row] = from.ttl[i]!;
    to.ipProtocol[row] = from.ipProtocol[i]!;
    to.srcPort[row] = from.srcPort[i]!;
    to.dstPort[row] = from.dstPort[i]!;
    to.tcpFlags[row] = from.tcpFlags[i]!;
    to.tcpSeq[row] = from.tcpSeq[i]!;
    to.tcpAck[row] = from.tcpAck[i]!;
    to.tcpWindow[row] = from.tcpWindow[i]!;
    to.payloadLen[row] = from.payloadLen[i]!;
    to.payloadCapLen[row] = from.payloadCapLen[i]!;
    // Offsets count from the start of `bytes`; one that is before its frame points at nothing.
    const moved = start - frame;
    to.netOffset[row] = from.netOffset[i]! < frame ? 0 : from.netOffset[i]! + moved;
    to.outerNetOffset[row] = from.outerNetOffset[i]! <= frame ? 0 : from.outerNetOffset[i]! + moved;
    to.transportOffset[row] = from.transportOffset[i]! <= frame ? 0 : from.transportOffset[i]! + moved;
    to.payloadOffset[row] = from.payloadOffset[i]! < frame ? 0 : from.payloadOffset[i]! + moved;
    to.subframeOffset[row] = 0;
    return row;
  }

  /** Copies `length` bytes more, behind those of the row picked last. */
  append(from: PacketBatch, at: number, length: number): void {
    const { batch } = this;
    const start = batch.byteLength;
    batch.byteLength = start + length;
    if (length > SHORT) batch.bytes.set(from.bytes.subarray(at, at + length), start);
    else {
      const to = batch.bytes;
      const { bytes } = from;
      for (let n = 0; n < length; n++) to[start + n] = bytes[at + n]!;
    }
  }
}

/** Below this many bytes a loop is quicker than making the view that `set` takes. */
const SHORT = 256;

/** What is sent: that the next parcel in turn is full, and what it does not say itself. */
export interface Sent {
  /** Its buffer, when it is not the one that was in this place before. */
  readonly buffer: SharedArrayBuffer | null;
  /** Words of the log. */
  readonly words: number;
  readonly texts: readonly string[];
  /** How far reading is. */
  readonly packets: number;
  readonly bytesRead: number;
  readonly totalBytes: number;
}

/**
 * Parcels that go round. Few, as the express lane opens for a flow only after the other thread has looked at it; enough that
 * neither thread waits for every one.
 */
export const PARCELS = 8;
