import type { PacketBatch } from '../packet/batch.ts';
import { TCP_FLAG } from '../packet/layer.ts';
import { isLikelyTcpServer, isLikelyUdpServer } from './likely-server-ports.ts';

/**
 * Who the originator is when the first packet seen may not be the first of its flow: Zeek's guesses by ports.
 */

/** UDP ports of DNS and its kin: DNS, NetBIOS names, mDNS, LLMNR. */
const DNS_PORTS: ReadonlySet<number> = new Set([53, 137, 5353, 5355]);

const NTP_PORT = 123;
const NTP_MODE_SERVER = 4;

/** True for UDP flows that are DNS sessions by the port of their responder. */
export function isDnsPort(port: number): boolean {
  return DNS_PORTS.has(port);
}

/**
 * True when the sender of a flow's first segment is likely its responder: not a plain SYN, from a port that servers
 * use. Between two such ports a SYN-ACK is believed (it may be a stealth scan), otherwise the lower one serves.
 */
export function isFlippedTcp(flags: number, srcPort: number, dstPort: number): boolean {
  if ((flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn || !isLikelyTcpServer(srcPort)) return false;
  if (!isLikelyTcpServer(dstPort)) return true;
  return (flags & TCP_FLAG.syn) === 0 && srcPort < dstPort;
}

/** Between two NTP ports only the message tells that the first packet seen was an answer. */
function isNtpServer(batch: PacketBatch, i: number): boolean {
  return (
    batch.dstPort[i] === NTP_PORT &&
    batch.payloadCapLen[i]! > 0 &&
    (batch.bytes[batch.payloadOffset[i]!]! & 7) === NTP_MODE_SERVER
  );
}

/** The same for a datagram: from a port that servers use to one that they do not use. */
export function isFlippedUdp(batch: PacketBatch, i: number): boolean {
  const srcPort = batch.srcPort[i]!;
  if (!isLikelyUdpServer(srcPort)) return false;
  return !isLikelyUdpServer(batch.dstPort[i]!) || (srcPort === NTP_PORT && isNtpServer(batch, i));
}
