import { PacketBatch } from '../../src/packet/batch.ts';
import { LAYER } from '../../src/packet/layer.ts';

/** One packet for a hand-made batch; addresses are the last byte of 10.0.0.x. */
export interface Row {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly protocol?: 'tcp' | 'udp' | 'icmp';
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly length?: number;
}

const NUMBER = { tcp: 6, udp: 17, icmp: 1 } as const;
const BIT = { tcp: LAYER.tcp, udp: LAYER.udp, icmp: LAYER.icmp } as const;

/** A batch with its header columns filled as `decodeHeaders` would. Times are seconds, to the microsecond. */
export function batchOf(rows: readonly Row[], firstPacketNumber = 1): PacketBatch {
  const batch = new PacketBatch(Math.max(rows.length, 1));
  batch.count = rows.length;
  batch.firstPacketNumber = firstPacketNumber;
  rows.forEach((row, i) => {
    const protocol = row.protocol ?? 'tcp';
    const micros = Math.round(row.at * 1e6);
    batch.tsSeconds[i] = Math.floor(micros / 1e6);
    batch.tsNanos[i] = (micros % 1e6) * 1000;
    batch.layers[i] = LAYER.ethernet | LAYER.ipv4 | BIT[protocol];
    batch.ipProtocol[i] = NUMBER[protocol];
    batch.srcIp.set([0, 0, 0xffff, 0x0a00_0000 + row.from], i * 4);
    batch.dstIp.set([0, 0, 0xffff, 0x0a00_0000 + row.to], i * 4);
    batch.srcPort[i] = row.srcPort ?? 0;
    batch.dstPort[i] = row.dstPort ?? 0;
    batch.tcpFlags[i] = row.flags ?? 0;
    batch.tcpSeq[i] = row.seq ?? 0;
    batch.tcpAck[i] = row.ack ?? 0;
    batch.tcpWindow[i] = row.window ?? 1000;
    batch.payloadLen[i] = row.length ?? 0;
    batch.payloadCapLen[i] = row.length ?? 0;
    batch.ipLen[i] = (row.length ?? 0) + (protocol === 'tcp' ? 40 : 28);
  });
  return batch;
}
