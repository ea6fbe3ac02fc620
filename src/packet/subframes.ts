/** What an aggregated frame (A-MSDU) holds behind the first subframe, which its row describes. */
import { isGroupMac, NO_MAC } from '../bytes/address.ts';
import { u16, u48 } from '../bytes/endian.ts';
import { PacketBatch } from './batch.ts';
import { decodeHeaders } from './decode.ts';
import type { IssueCounter } from './issue.ts';
import { LAYER } from './layer.ts';
import { MAX_SUBFRAMES, nextSubframe, SUBFRAME_HEADER_BYTES } from './link/amsdu.ts';

/** LINKTYPE_ATM_RFC1483: frames that start with an LLC header. */
const LINKTYPE_LLC = 100;

/** Reads the subframes of a row after the first, each as a batch of one row with its headers decoded. */
export class Subframes {
  /** The current subframe; valid until the next call. */
  readonly batch = new PacketBatch(1);
  #at = 0;
  #end = 0;
  #captureEnd = 0;
  #left = 0;

  /** Starts at the second frame of row `i`. */
  begin(batch: PacketBatch, i: number): void {
    const sub = this.batch;
    sub.bytes = batch.bytes;
    sub.byteLength = batch.byteLength;
    sub.firstPacketNumber = batch.packetNumber(i);
    sub.input = batch.input;
    sub.count = 1;
    sub.linkType[0] = LINKTYPE_LLC;
    sub.interfaceId[0] = batch.interfaceId[i]!;
    sub.tsSeconds[0] = batch.tsSeconds[i]!;
    sub.tsNanos[0] = batch.tsNanos[i]!;
    this.#at = batch.subframeOffset[i]!;
    this.#end = batch.frameOffset[i]! + batch.wireLen[i]!;
    this.#captureEnd = batch.frameOffset[i]! + batch.capLen[i]!;
    this.#left = MAX_SUBFRAMES - 1;
  }

  /** Decodes the next one into `batch`; false when there is none. */
  next(issues: IssueCounter): boolean {
    const at = this.#at;
    if (at === 0 || this.#left-- === 0 || at + SUBFRAME_HEADER_BYTES > this.#captureEnd) return false;
    const { batch } = this;
    const { bytes } = batch;
    const frame = at + SUBFRAME_HEADER_BYTES;
    const length = u16(bytes, at + 12);
    batch.frameOffset[0] = frame;
    batch.wireLen[0] = Math.min(length, this.#end - frame);
    batch.capLen[0] = Math.min(length, this.#captureEnd - frame);
    decodeHeaders(batch, issues);
    batch.layers[0]! |= LAYER.wlan;
    // An Ethernet header in a tunnel inside has stated its own.
    if (batch.srcMac[0] === NO_MAC) {
      batch.dstMac[0] = u48(bytes, at);
      batch.srcMac[0] = u48(bytes, at + 6);
      if (isGroupMac(batch.dstMac[0])) batch.layers[0]! |= LAYER.linkGroup;
    }
    this.#at = nextSubframe(bytes, at);
    return true;
  }
}
