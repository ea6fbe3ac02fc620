/**
 * Fills the decoded columns of a batch. The stack that nearly every packet has (Ethernet, IP without options or
 * fragments, TCP or UDP outside of tunnels) is decoded in place; everything else takes the general path, header by
 * header, through `decodeFrame`. Both give the same columns: a property test compares them.
 */
import { NO_MAC } from '../bytes/address.ts';
import { TUNNEL_PORTS, UNCOMMON } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';
import { NO_VLAN, type PacketBatch } from './batch.ts';
import { decodeFrame } from './decode-frame.ts';
import { IS_TUNNEL_PORT } from './encapsulation.ts';
import type { IssueCounter } from './issue.ts';
import { IP_PROTOCOL, LAYER } from './layer.ts';
import { looksLikeTeredoPeer } from './plausible.ts';

const LINKTYPE_ETHERNET = 1;
/** One of the ports of the table: set once the table was copied. */
const TEREDO_PORT = 3544;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const IPV4_DONT_FRAGMENT_OR_RESERVED = 0xc0;

/**
 * Decodes the headers of rows `start` to `count - 1` of `batch`, writing every decoded column of each. Never throws
 * on packet content and never reads outside `[frameOffset, frameOffset + capLen)` of a row; what is wrong with a
 * packet is counted in `issues`.
 */
export function decodeHeaders(batch: PacketBatch, issues: IssueCounter): void {
  const { hot } = batch;
  if (hot !== null && batch.bytes.buffer === hot.buffer) decodeHot(batch, hot, issues);
  else decodeInPlace(batch, issues);
}

function decodeHot(batch: PacketBatch, hot: HotMemory, issues: IssueCounter): void {
  if (hot.bytes[TUNNEL_PORTS + TEREDO_PORT] === 0) hot.bytes.set(IS_TUNNEL_PORT, TUNNEL_PORTS);
  const left = hot.core.decode(batch.base, batch.bytes.byteOffset, batch.start, batch.count);
  const rows = UNCOMMON >>> 1;
  for (let n = 0; n < left; n++) decodeFrame(batch, hot.halves[rows + n]!, issues);
}

function decodeInPlace(batch: PacketBatch, issues: IssueCounter): void {
  resetColumns(batch, batch.start, batch.count);
  const { bytes, frameOffset, capLen, wireLen, linkType, layers, srcMac, dstMac, etherType, netOffset } =
    batch;
  const { srcIp, dstIp, ipLen, ttl, ipProtocol, srcPort, dstPort, tcpFlags, tcpSeq, tcpAck, tcpWindow } =
    batch;
  const { transportOffset, payloadOffset, payloadLen, payloadCapLen, count } = batch;
  // One view per batch: its reads cost a single bounds check each.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  for (let i = batch.start; i < count; i++) {
    const frame = frameOffset[i]!;
    const captured = capLen[i]!;
    if (captured < 42 || linkType[i] !== LINKTYPE_ETHERNET) {
      decodeFrame(batch, i, issues);
      continue;
    }
    const type = view.getUint16(frame + 12);
    let ip: number;
    let net: number;
    let transport: number;
    let protocol: number;
    if (type === ETHERTYPE_IPV4) {
      if (
        bytes[frame + 14] !== 0x45 ||
        (bytes[frame + 20]! & ~IPV4_DONT_FRAGMENT_OR_RESERVED) !== 0 ||
        bytes[frame + 21] !== 0
      ) {
        decodeFrame(batch, i, issues);
        continue;
      }
      ip = LAYER.ethernet | LAYER.ipv4;
      net = view.getUint16(frame + 16);
      transport = 34;
      protocol = bytes[frame + 23]!;
    } else if (type === ETHERTYPE_IPV6 && captured >= 62 && bytes[frame + 14]! >>> 4 === 6) {
      ip = LAYER.ethernet | LAYER.ipv6;
      net = 40 + view.getUint16(frame + 18);
      transport = 54;
      protocol = bytes[frame + 20]!;
    } else {
      decodeFrame(batch, i, issues);
      continue;
    }

    const available = 14 + net - transport;
    let header: number;
    if (protocol === IP_PROTOCOL.tcp) {
      header = captured >= transport + 20 ? (bytes[frame + transport + 12]! >>> 2) & 0x3c : 0;
      if (header < 20 || header > available || 14 + net > wireLen[i]!) {
        decodeFrame(batch, i, issues);
        continue;
      }
    } else if (protocol === IP_PROTOCOL.udp) {
      header = 8;
      const length = view.getUint16(frame + transport + 4);
      if (length !== available || length < 8 || 14 + net > wireLen[i]!) {
        decodeFrame(batch, i, issues);
        continue;
      }
    } else {
      decodeFrame(batch, i, issues);
      continue;
    }

    const at = frame + transport;
    const source = view.getUint16(at);
    const destination = view.getUint16(at + 2);
    let bits = ip;
    if (protocol === IP_PROTOCOL.tcp) {
      bits |= LAYER.tcp;
      tcpSeq[i] = view.getUint32(at + 4);
      tcpAck[i] = view.getUint32(at + 8);
      tcpFlags[i] = bytes[at + 13]!;
      tcpWindow[i] = view.getUint16(at + 14);
    } else {
      if (
        IS_TUNNEL_PORT[source] !== 0 ||
        IS_TUNNEL_PORT[destination] !== 0 ||
        looksLikeTeredoPeer(bytes, at + 8, at + available, frame + captured)
      ) {
        decodeFrame(batch, i, issues);
        continue;
      }
      bits |= LAYER.udp;
    }
    srcPort[i] = source;
    dstPort[i] = destination;
    ipProtocol[i] = protocol;
    ipLen[i] = net;
    if (type === ETHERTYPE_IPV4) {
      ttl[i] = bytes[frame + 22]!;
      srcIp[i * 4 + 2] = 0xffff;
      srcIp[i * 4 + 3] = view.getUint32(frame + 26);
      dstIp[i * 4 + 2] = 0xffff;
      dstIp[i * 4 + 3] = view.getUint32(frame + 30);
    } else {
      ttl[i] = bytes[frame + 21]!;
      srcIp[i * 4] = view.getUint32(frame + 22);
      srcIp[i * 4 + 1] = view.getUint32(frame + 26);
      srcIp[i * 4 + 2] = view.getUint32(frame + 30);
      srcIp[i * 4 + 3] = view.getUint32(frame + 34);
      dstIp[i * 4] = view.getUint32(frame + 38);
      dstIp[i * 4 + 1] = view.getUint32(frame + 42);
      dstIp[i * 4 + 2] = view.getUint32(frame + 46);
      dstIp[i * 4 + 3] = view.getUint32(frame + 50);
    }
    dstMac[i] = view.getUint16(frame) * 0x1_0000_0000 + view.getUint32(frame + 2);
    srcMac[i] = view.getUint16(frame + 6) * 0x1_0000_0000 + view.getUint32(frame + 8);
    if (bytes[frame]! & 1) bits |= LAYER.linkGroup;
    etherType[i] = type;
    netOffset[i] = frame + 14;
    transportOffset[i] = at;
    const dataAt = transport + header;
    const claimed = available - header;
    payloadLen[i] = claimed;
    const rest = captured - dataAt;
    if (rest >= claimed) {
      payloadOffset[i] = frame + dataAt;
      payloadCapLen[i] = claimed;
    } else {
      bits |= LAYER.cut;
      payloadOffset[i] = frame + (rest > 0 ? dataAt : captured);
      payloadCapLen[i] = rest > 0 ? rest : 0;
    }
    layers[i] = bits;
  }
}

/** Neutral values for everything that a frame may lack: filling whole columns is cheaper than storing per row. */
function resetColumns(batch: PacketBatch, start: number, end: number): void {
  batch.layers.fill(0, start, end);
  batch.srcMac.fill(NO_MAC, start, end);
  batch.dstMac.fill(NO_MAC, start, end);
  batch.etherType.fill(0, start, end);
  batch.vlanId.fill(NO_VLAN, start, end);
  batch.innerVlanId.fill(NO_VLAN, start, end);
  batch.tunnelDepth.fill(0, start, end);
  batch.netOffset.fill(0, start, end);
  batch.outerNetOffset.fill(0, start, end);
  batch.srcIp.fill(0, start * 4, end * 4);
  batch.dstIp.fill(0, start * 4, end * 4);
  batch.ipLen.fill(0, start, end);
  batch.ttl.fill(0, start, end);
  batch.ipProtocol.fill(0, start, end);
  batch.srcPort.fill(0, start, end);
  batch.dstPort.fill(0, start, end);
  batch.tcpFlags.fill(0, start, end);
  batch.tcpSeq.fill(0, start, end);
  batch.tcpAck.fill(0, start, end);
  batch.tcpWindow.fill(0, start, end);
  batch.transportOffset.fill(0, start, end);
  batch.payloadOffset.fill(0, start, end);
  batch.payloadLen.fill(0, start, end);
  batch.payloadCapLen.fill(0, start, end);
  batch.subframeOffset.fill(0, start, end);
}
