/** Batches with hand-filled header columns: what the registry reads, without going through frames. */
import { parseIp } from '../../src/bytes/parse-ip.ts';
import { isGroupMac, parseMac } from '../../src/bytes/address.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { LAYER } from '../../src/packet/layer.ts';
import type { MessageContext } from '../../src/protocol/decoder.ts';

export interface Row {
  readonly from?: string;
  readonly to?: string;
  readonly fromIp?: string;
  readonly toIp?: string;
  readonly bytes?: number;
  readonly ttl?: number;
  readonly time?: number;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly protocol?: number;
  readonly tcpFlags?: number;
  /** Nothing in the frame is understood. */
  readonly noise?: boolean;
}

/** One batch of all rows; times in seconds. */
export function batchOf(rows: readonly Row[], firstPacketNumber = 1): PacketBatch {
  const batch = new PacketBatch(Math.max(1, rows.length));
  batch.count = rows.length;
  batch.firstPacketNumber = firstPacketNumber;
  for (const [i, row] of rows.entries()) {
    const time = row.time ?? 1000;
    batch.tsSeconds[i] = Math.floor(time);
    batch.tsNanos[i] = Math.round((time % 1) * 1e9);
    batch.srcMac[i] = row.from === undefined ? -1 : parseMac(row.from);
    batch.dstMac[i] = row.to === undefined ? -1 : parseMac(row.to);
    batch.wireLen[i] = batch.capLen[i] = row.bytes ?? 100;
    batch.ttl[i] = row.ttl ?? 64;
    batch.srcPort[i] = row.fromPort ?? 0;
    batch.dstPort[i] = row.toPort ?? 0;
    batch.ipProtocol[i] = row.protocol ?? 0;
    batch.tcpFlags[i] = row.tcpFlags ?? 0;
    let layers = row.from === undefined ? 0 : LAYER.ethernet;
    if (row.to !== undefined && isGroupMac(parseMac(row.to))) layers |= LAYER.linkGroup;
    if (row.fromIp !== undefined && row.toIp !== undefined) {
      layers |= row.fromIp.includes(':') ? LAYER.ipv6 : LAYER.ipv4;
      layers |= row.protocol === 6 ? LAYER.tcp : LAYER.udp;
      parseIp(row.fromIp, batch.srcIp, i * 4);
      parseIp(row.toIp, batch.dstIp, i * 4);
    } else if (row.from !== undefined && row.noise !== true) layers |= LAYER.arp;
    batch.layers[i] = layers;
  }
  return batch;
}

export function contextOf(batch: PacketBatch, index: number): MessageContext {
  return {
    batch,
    index,
    packet: batch.packetNumber(index),
    seconds: batch.tsSeconds[index]!,
    nanos: batch.tsNanos[index]!,
    flow: -1,
    fromOriginator: true,
  };
}
