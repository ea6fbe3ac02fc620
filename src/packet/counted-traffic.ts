import { PacketBatch } from './batch.ts';

/**
 * Packets that were counted where they passed and not handed over: a row for each direction of a flow. Whoever gets it
 * owns it.
 */
export class CountedTraffic {
  /**
   * Columns of headers as those of the last packet of the row, of which nothing else is there: no bytes, no offsets,
   * no lengths. `tcpFlags` are those of all packets together, `tcpSeq` is where the last one's payload ends.
   */
  readonly rows: PacketBatch;
  readonly packets: Float64Array;
  readonly wireBytes: Float64Array;
  /** As IP headers state them. */
  readonly ipBytes: Float64Array;
  /** Payload of TCP or UDP. */
  readonly payloadBytes: Float64Array;

  constructor(capacity: number) {
    this.rows = new PacketBatch(capacity);
    this.packets = new Float64Array(capacity);
    this.wireBytes = new Float64Array(capacity);
    this.ipBytes = new Float64Array(capacity);
    this.payloadBytes = new Float64Array(capacity);
  }
}
