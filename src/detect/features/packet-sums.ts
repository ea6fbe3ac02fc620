/**
 * What the set `packet` and the older shape of model need of every packet: sums by slot of the flow table, kept beside it
 * and only when asked for. 400 bytes a slot, and twice `FIRST_BYTES` for the beginning of each side's payload.
 */
import type { Flows } from '../../flow/flows.ts';
import type { PacketBatch } from '../../packet/batch.ts';
import { TCP_FLAG } from '../../packet/layer.ts';

/** Bytes kept of what each side says first. */
export const FIRST_BYTES = 64;

/** Columns of one side. */
export const SIDE = {
  packets: 0,
  sizeSum: 1,
  sizeSquares: 2,
  sizeMin: 3,
  sizeMax: 4,
  last: 5,
  gapSum: 6,
  gapSquares: 7,
  gapMax: 8,
  payloadPackets: 9,
  syn: 10,
  fin: 11,
  rst: 12,
  ack: 13,
  psh: 14,
  firstBytes: 15,
} as const;
const SIDE_WIDTH = 16;

/** Columns of the whole flow, after those of both sides. */
export const WHOLE = {
  last: 32,
  gapSum: 33,
  gapSquares: 34,
  gapMax: 35,
  lastSide: 36,
  changes: 37,
  /** 0 nobody yet, 1 the first side, 2 the other. */
  firstSpeaker: 38,
  /** The originator's port and last address word at the first packet: later the table may swap the sides. */
  origPort: 39,
  origWord: 40,
} as const;
const WIDTH = 48;

export class PacketSums {
  readonly #flows: Flows;
  #sums = new Float64Array(0);
  #bytes = new Uint8Array(0);
  #base = 0;

  constructor(flows: Flows) {
    this.#flows = flows;
  }

  /** A flow began in `slot`. */
  flowStart(slot: number): void {
    const { capacity, origPort, origIp } = this.#flows;
    if (this.#sums.length < capacity * WIDTH) {
      const sums = new Float64Array(capacity * WIDTH);
      sums.set(this.#sums);
      this.#sums = sums;
      const bytes = new Uint8Array(capacity * 2 * FIRST_BYTES);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    const at = slot * WIDTH;
    this.#sums.fill(0, at, at + WIDTH);
    this.#sums[at + WHOLE.origPort] = origPort[slot]!;
    this.#sums[at + WHOLE.origWord] = origIp[slot * 4 + 3]!;
  }

  /** Row `i` was counted for the flow in `slot`. */
  packet(batch: PacketBatch, i: number, slot: number, fromOriginator: boolean): void {
    const sums = this.#sums;
    const at = slot * WIDTH;
    const side = fromOriginator === this.#isAsBegun(slot) ? 0 : 1;
    const block = at + side * SIDE_WIDTH;
    const time = batch.tsSeconds[i]! + batch.tsNanos[i]! / 1e9;
    const size = batch.ipLen[i]!;
    const isFirst = sums[at + SIDE.packets]! + sums[at + SIDE_WIDTH + SIDE.packets]! === 0;

    if (sums[block + SIDE.packets]! > 0)
      addGap(sums, block, SIDE, Math.max(0, time - sums[block + SIDE.last]!));
    if (!isFirst) addGap(sums, at, WHOLE, Math.max(0, time - sums[at + WHOLE.last]!));
    if (!isFirst && sums[at + WHOLE.lastSide] !== side) sums[at + WHOLE.changes]!++;
    sums[at + WHOLE.lastSide] = side;
    sums[at + WHOLE.last] = time;
    sums[block + SIDE.last] = time;

    if (sums[block + SIDE.packets] === 0 || size < sums[block + SIDE.sizeMin]!)
      sums[block + SIDE.sizeMin] = size;
    if (size > sums[block + SIDE.sizeMax]!) sums[block + SIDE.sizeMax] = size;
    sums[block + SIDE.packets]!++;
    sums[block + SIDE.sizeSum]! += size;
    sums[block + SIDE.sizeSquares]! += size * size;

    const flags = batch.tcpFlags[i]!;
    if ((flags & TCP_FLAG.syn) !== 0) sums[block + SIDE.syn]!++;
    if ((flags & TCP_FLAG.fin) !== 0) sums[block + SIDE.fin]!++;
    if ((flags & TCP_FLAG.rst) !== 0) sums[block + SIDE.rst]!++;
    if ((flags & TCP_FLAG.ack) !== 0) sums[block + SIDE.ack]!++;
    if ((flags & TCP_FLAG.psh) !== 0) sums[block + SIDE.psh]!++;
    if (batch.payloadLen[i] === 0) return;
    sums[block + SIDE.payloadPackets]!++;
    if (sums[at + WHOLE.firstSpeaker] === 0) sums[at + WHOLE.firstSpeaker] = side + 1;
    const known = sums[block + SIDE.firstBytes]!;
    if (known < FIRST_BYTES) {
      const take = Math.min(FIRST_BYTES - known, batch.payloadCapLen[i]!);
      const from = batch.payloadOffset[i]!;
      const to = (slot * 2 + side) * FIRST_BYTES + known;
      for (let b = 0; b < take; b++) this.#bytes[to + b] = batch.bytes[from + b]!;
      sums[block + SIDE.firstBytes] = known + take;
    }
  }

  /** Points the readers below at a flow; the table's present originator is the side `true`. */
  select(slot: number): void {
    this.#base = slot * WIDTH;
  }

  /** A sum of one side of the selected flow. */
  side(originator: boolean, column: number): number {
    return this.#sums[this.#base + (this.#sideOf(originator) === 0 ? 0 : SIDE_WIDTH) + column]!;
  }

  /** A sum of the selected flow. */
  whole(column: number): number {
    return this.#sums[this.#base + column]!;
  }

  /** Whether the present originator spoke first; false when nobody spoke. */
  get originatorSpokeFirst(): boolean {
    return this.whole(WHOLE.firstSpeaker) === this.#sideOf(true) + 1;
  }

  /** What a side of the selected flow said first; a view that is valid until the next packet. */
  firstBytes(originator: boolean): Uint8Array {
    const from = ((this.#base / WIDTH) * 2 + this.#sideOf(originator)) * FIRST_BYTES;
    return this.#bytes.subarray(from, from + this.side(originator, SIDE.firstBytes));
  }

  #sideOf(originator: boolean): 0 | 1 {
    return originator === this.#isAsBegun(this.#base / WIDTH) ? 0 : 1;
  }

  /** Whether the flow's originator is the one that it had at its first packet. */
  #isAsBegun(slot: number): boolean {
    const { origPort, origIp } = this.#flows;
    const at = slot * WIDTH;
    return (
      this.#sums[at + WHOLE.origPort] === origPort[slot] &&
      this.#sums[at + WHOLE.origWord] === origIp[slot * 4 + 3]
    );
  }
}

interface GapColumns {
  readonly gapSum: number;
  readonly gapSquares: number;
  readonly gapMax: number;
}

function addGap(sums: Float64Array, at: number, columns: GapColumns, gap: number): void {
  sums[at + columns.gapSum]! += gap;
  sums[at + columns.gapSquares]! += gap * gap;
  if (gap > sums[at + columns.gapMax]!) sums[at + columns.gapMax] = gap;
}
