import type { FlowTable } from '../../flow/table.ts';
import type { PayloadInspector } from '../../flow/intake.ts';
import type { HotMemory } from '../../hot/memory.ts';
import type { PacketBatch } from '../../packet/batch.ts';
import { LAYER } from '../../packet/layer.ts';
import { CountedEnds } from './counted-ends.ts';
import { ENTRY, ENTRY_BITS, Parcel } from './parcel.ts';
import { directionsOf, type SharedState } from './shared.ts';

/** Packet is one of a flow whose payload may hold a message. */
const SEGMENT_OR_DATAGRAM = LAYER.tcp | LAYER.udp;

/** Takes a full parcel and gives an empty one for a frame of this length. */
export type Exchange = (full: Parcel, frameBytes: number) => Parcel;

/**
 * Stands where devices, inspection and detectors stand in one thread, and writes down what they would be told. Senders and
 * receivers are numbered by their MAC addresses (`CountedEnds`); whether one is a device is known where it is learned.
 */
export class Recorder implements PayloadInspector {
  readonly ends: CountedEnds;
  readonly #shared: SharedState;
  readonly #exchange: Exchange;
  #flows: FlowTable | null = null;
  #parcel = Parcel.of(0);
  /** The row picked last, and whose it was; null when it can be none of this parcel. */
  #picked: PacketBatch | null = null;
  #index = 0;
  #row = 0;
  /** Bytes of its frame that were copied. */
  #length = 0;

  constructor(shared: SharedState, memory: HotMemory, exchange: Exchange) {
    this.#shared = shared;
    this.#exchange = exchange;
    this.ends = new CountedEnds(this, shared, memory);
  }

  /** The table whose flows are told of. */
  watch(flows: FlowTable): void {
    this.#flows = flows;
  }

  /** Hands over what was written so far; unless it `isUrgent`, only when it is much. */
  flush(isUrgent: boolean): void {
    if (isUrgent ? !this.#parcel.isEmpty : this.#parcel.isHalfFull) this.#change(0);
  }

  /** Row `i` is a packet between these two. */
  count(batch: PacketBatch, i: number, source: number, destination: number): void {
    this.#picked = null;
    const row = this.#pick(batch, i, headerLength(batch, i));
    const parcel = this.#parcel;
    parcel.words[parcel.at++] = ENTRY.count | (row << ENTRY_BITS);
    parcel.words[parcel.at++] = (source + 1) | ((destination + 1) << 16);
  }

  /** Look at the payload of row `i`; nobody would at what has none, or is of a direction that was looked at. */
  packet(batch: PacketBatch, i: number, slot: number): void {
    const flows = this.#flows!;
    let sequence = 0;
    if ((batch.layers[i]! & SEGMENT_OR_DATAGRAM) !== 0) {
      if (slot < 0 || batch.payloadCapLen[i] === 0) return;
      if ((this.inspected(slot) & (1 << flows.direction)) !== 0) return;
      if ((batch.layers[i]! & LAYER.tcp) !== 0) sequence = flows.firstSequence(slot, flows.fromOriginator);
    }
    const row = this.#pick(batch, i, batch.capLen[i]!);
    const parcel = this.#parcel;
    parcel.words[parcel.at++] = ENTRY.look | (flows.direction << ENTRY_BITS) | (row << (ENTRY_BITS + 1));
    parcel.words[parcel.at++] = slot + 1;
    parcel.words[parcel.at++] = sequence;
  }

  inspected(slot: number): number {
    return directionsOf(this.#shared.inspected[slot]!, this.#flows!.id[slot]!);
  }

  flowStart(slot: number, batch: PacketBatch, i: number): void {
    const row = this.#pick(batch, i, batch.capLen[i]!);
    const parcel = this.#parcel;
    parcel.words[parcel.at++] = ENTRY.start | (row << ENTRY_BITS);
    parcel.words[parcel.at++] = slot;
    this.#flows!.writeStart(slot, parcel);
  }

  flowTurn(slot: number): void {
    const parcel = this.#withRoom();
    parcel.words[parcel.at++] = ENTRY.turn;
    parcel.words[parcel.at++] = slot;
  }

  flowEnd(slot: number): void {
    const flows = this.#flows!;
    const parcel = this.#withRoom();
    const parents = flows.tunnelParents(slot) ?? NONE;
    const port = flows.tunnelPort(slot);
    parcel.words[parcel.at++] =
      ENTRY.end |
      (flows.endReason << ENTRY_BITS) |
      (parents.length << 8) |
      (port === undefined ? 0 : 1 << 16);
    parcel.words[parcel.at++] = slot;
    if (port !== undefined) parcel.words[parcel.at++] = port;
    for (const parent of parents) parcel.texts.push(parent);
    flows.writeEnd(slot, parcel);
  }

  /** Packet time came to `seconds`. */
  tick(seconds: number): void {
    this.ends.tell();
    const parcel = this.#withRoom();
    parcel.words[parcel.at++] = ENTRY.tick;
    parcel.words[parcel.at++] = seconds;
  }

  /** What the express lane counted for a sender or receiver. */
  credit(
    end: number,
    packetsOut: number,
    packetsIn: number,
    bytesOut: number,
    bytesIn: number,
    seconds: number,
    nanos: number,
  ): void {
    const parcel = this.#withRoom();
    parcel.words[parcel.at++] = ENTRY.credit;
    parcel.words[parcel.at++] = end;
    parcel.words[parcel.at++] = seconds;
    parcel.words[parcel.at++] = nanos;
    parcel.doubles[parcel.doubleAt++] = packetsOut;
    parcel.doubles[parcel.doubleAt++] = packetsIn;
    parcel.doubles[parcel.doubleAt++] = bytesOut;
    parcel.doubles[parcel.doubleAt++] = bytesIn;
  }

  /** The row of the parcel that row `i` of a batch is, with `length` bytes of its frame at least, and room for an entry. */
  #pick(batch: PacketBatch, i: number, length: number): number {
    let parcel = this.#withRoom();
    if (this.#picked === batch && this.#index === i) {
      const more = length - this.#length;
      if (more <= 0) return this.#row;
      if (parcel.batch.byteLength + more <= parcel.batch.bytes.length) {
        parcel.append(batch, batch.frameOffset[i]! + this.#length, more);
        this.#length = length;
        return this.#row;
      }
    }
    if (!parcel.hasRoomFor(length)) parcel = this.#change(length);
    this.#picked = batch;
    this.#index = i;
    this.#length = length;
    return (this.#row = parcel.pick(batch, i, length));
  }

  #withRoom(): Parcel {
    return this.#parcel.hasRoom ? this.#parcel : this.#change(0);
  }

  #change(frameBytes: number): Parcel {
    this.#picked = null;
    return (this.#parcel = this.#exchange(this.#parcel, frameBytes));
  }
}

const NONE: readonly string[] = [];

/** Bytes of a frame before the payload of a segment or datagram, all of other frames: only inspection reads further. */
function headerLength(batch: PacketBatch, i: number): number {
  const capLen = batch.capLen[i]!;
  if ((batch.layers[i]! & SEGMENT_OR_DATAGRAM) === 0 || batch.payloadCapLen[i] === 0) return capLen;
  return Math.min(capLen, batch.payloadOffset[i]! - batch.frameOffset[i]!);
}
