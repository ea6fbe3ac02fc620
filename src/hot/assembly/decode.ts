/**
 * Header columns of the stack that nearly every packet has: Ethernet, IP without options or fragments, TCP or UDP
 * outside of tunnels. Other rows get neutral values and are listed for the general path.
 */
import * as C from './layout';

const ETHERNET: u32 = 1 << 0;
const IPV4: u32 = 1 << 4;
const IPV6: u32 = 1 << 5;
const TCP: u32 = 1 << 6;
const UDP: u32 = 1 << 7;
const LINK_GROUP: u32 = 1 << 15;
const CUT: u32 = 1 << 16;
const LINKTYPE_ETHERNET: u32 = 1;
const TEREDO_PREFIX: u32 = 0x20010000;

// @ts-ignore: decorator
@inline function be16(at: usize): u32 {
  return <u32>bswap<u16>(load<u16>(at));
}

// @ts-ignore: decorator
@inline function be32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

// @ts-ignore: decorator
@inline function mac(at: usize): f64 {
  return <f64>(<i64>((<u64>be16(at) << 32) | <u64>be32(at + 2)));
}

// @ts-ignore: decorator
@inline function isTunnelPort(port: u32): bool {
  return load<u8>(<usize>port, C.TUNNEL_PORTS) != 0;
}

/** Neutral values in the columns of rows [start, end). */
function reset(base: usize, start: u32, end: u32): void {
  const rows = end - start;
  const at8 = base + (<usize>start << 3);
  const at16 = base + (<usize>start << 4);
  const at4 = base + (<usize>start << 2);
  const at2 = base + (<usize>start << 1);
  const at1 = base + <usize>start;
  for (let i: u32 = 0; i < rows; i++) {
    store<f64>(at8 + (<usize>i << 3), -1, C.srcMac);
    store<f64>(at8 + (<usize>i << 3), -1, C.dstMac);
  }
  memory.fill(at16 + C.srcIp, 0, rows << 4);
  memory.fill(at16 + C.dstIp, 0, rows << 4);
  memory.fill(at4 + C.layers, 0, rows << 2);
  memory.fill(at4 + C.netOffset, 0, rows << 2);
  memory.fill(at4 + C.outerNetOffset, 0, rows << 2);
  memory.fill(at4 + C.ipLen, 0, rows << 2);
  memory.fill(at4 + C.tcpSeq, 0, rows << 2);
  memory.fill(at4 + C.tcpAck, 0, rows << 2);
  memory.fill(at4 + C.transportOffset, 0, rows << 2);
  memory.fill(at4 + C.payloadOffset, 0, rows << 2);
  memory.fill(at4 + C.payloadLen, 0, rows << 2);
  memory.fill(at4 + C.payloadCapLen, 0, rows << 2);
  memory.fill(at4 + C.subframeOffset, 0, rows << 2);
  memory.fill(at2 + C.etherType, 0, rows << 1);
  memory.fill(at2 + C.vlanId, 0xff, rows << 1);
  memory.fill(at2 + C.innerVlanId, 0xff, rows << 1);
  memory.fill(at2 + C.srcPort, 0, rows << 1);
  memory.fill(at2 + C.dstPort, 0, rows << 1);
  memory.fill(at2 + C.tcpWindow, 0, rows << 1);
  memory.fill(at1 + C.tunnelDepth, 0, rows);
  memory.fill(at1 + C.ttl, 0, rows);
  memory.fill(at1 + C.ipProtocol, 0, rows);
  memory.fill(at1 + C.tcpFlags, 0, rows);
}

/** As `looksLikeTeredoPeer` of the packet room. */
function looksLikeTeredo(at: usize, end: usize, capEnd: usize): bool {
  if (end < at + 40 || at + 40 > capEnd || load<u8>(at) >>> 4 != 6) return false;
  if (at + 40 + be16(at + 4) != end) return false;
  return be32(at + 8) == TEREDO_PREFIX || be32(at + 24) == TEREDO_PREFIX;
}

/**
 * Decodes rows [start, end) of the batch at `base`, whose frame offsets count from `bytes`. Returns how many rows it
 * left to the general path; their numbers are listed.
 */
export function decode(base: usize, bytes: usize, start: u32, end: u32): u32 {
  reset(base, start, end);
  let left: u32 = 0;
  for (let i = start; i < end; i++) {
    if (!decodeRow(base, bytes, i)) {
      store<u16>(C.UNCOMMON + (<usize>left << 1), <u16>i);
      left++;
    }
  }
  return left;
}

// @ts-ignore: decorator
@inline function decodeRow(base: usize, bytes: usize, i: u32): bool {
  const r4 = base + (<usize>i << 2);
  const r2 = base + (<usize>i << 1);
  const r1 = base + <usize>i;
  const captured = load<u32>(r4, C.capLen);
  if (captured < 42 || load<u16>(r2, C.linkType) != LINKTYPE_ETHERNET) return false;
  const offset = load<u32>(r4, C.frameOffset);
  const frame = bytes + offset;
  const type = be16(frame + 12);
  let bits: u32;
  let net: u32;
  let transport: u32;
  let protocol: u32;
  if (type == 0x0800) {
    // Version 4, no options, no fragment.
    if (load<u8>(frame, 14) != 0x45 || (load<u16>(frame, 20) & 0xff3f) != 0) return false;
    bits = ETHERNET | IPV4;
    net = be16(frame + 16);
    transport = 34;
    protocol = load<u8>(frame, 23);
  } else if (type == 0x86dd) {
    if (captured < 62 || load<u8>(frame, 14) >>> 4 != 6) return false;
    bits = ETHERNET | IPV6;
    net = 40 + be16(frame + 18);
    transport = 54;
    protocol = load<u8>(frame, 20);
  } else return false;
  if (net + 14 > load<u32>(r4, C.wireLen)) return false;
  const available = <i32>(14 + net - transport);
  const at = frame + transport;
  let header: i32;
  const source = be16(at);
  const destination = be16(at + 2);
  if (protocol == 6) {
    if (captured < transport + 20) return false;
    header = (load<u8>(at, 12) >>> 2) & 0x3c;
    if (header < 20 || header > available) return false;
    bits |= TCP;
    store<u32>(r4, be32(at + 4), C.tcpSeq);
    store<u32>(r4, be32(at + 8), C.tcpAck);
    store<u8>(r1, load<u8>(at, 13), C.tcpFlags);
    store<u16>(r2, <u16>be16(at + 14), C.tcpWindow);
  } else if (protocol == 17) {
    header = 8;
    const length = <i32>be16(at + 4);
    if (length != available || length < 8) return false;
    if (
      isTunnelPort(source) ||
      isTunnelPort(destination) ||
      looksLikeTeredo(at + 8, at + available, frame + captured)
    ) {
      return false;
    }
    bits |= UDP;
  } else return false;

  store<u16>(r2, <u16>source, C.srcPort);
  store<u16>(r2, <u16>destination, C.dstPort);
  store<u8>(r1, <u8>protocol, C.ipProtocol);
  store<u32>(r4, net, C.ipLen);
  const r16 = base + (<usize>i << 4);
  if (type == 0x0800) {
    store<u8>(r1, load<u8>(frame, 22), C.ttl);
    store<u32>(r16, 0xffff, C.srcIp + 8);
    store<u32>(r16, be32(frame + 26), C.srcIp + 12);
    store<u32>(r16, 0xffff, C.dstIp + 8);
    store<u32>(r16, be32(frame + 30), C.dstIp + 12);
  } else {
    store<u8>(r1, load<u8>(frame, 21), C.ttl);
    store<u32>(r16, be32(frame + 22), C.srcIp);
    store<u32>(r16, be32(frame + 26), C.srcIp + 4);
    store<u32>(r16, be32(frame + 30), C.srcIp + 8);
    store<u32>(r16, be32(frame + 34), C.srcIp + 12);
    store<u32>(r16, be32(frame + 38), C.dstIp);
    store<u32>(r16, be32(frame + 42), C.dstIp + 4);
    store<u32>(r16, be32(frame + 46), C.dstIp + 8);
    store<u32>(r16, be32(frame + 50), C.dstIp + 12);
  }
  const r8 = base + (<usize>i << 3);
  store<f64>(r8, mac(frame), C.dstMac);
  store<f64>(r8, mac(frame + 6), C.srcMac);
  if (load<u8>(frame) & 1) bits |= LINK_GROUP;
  store<u16>(r2, <u16>type, C.etherType);
  store<u32>(r4, offset + 14, C.netOffset);
  store<u32>(r4, offset + transport, C.transportOffset);
  const dataAt = transport + header;
  const claimed = available - header;
  store<u32>(r4, claimed, C.payloadLen);
  const rest = <i32>(captured - dataAt);
  if (rest >= claimed) {
    store<u32>(r4, offset + dataAt, C.payloadOffset);
    store<u32>(r4, claimed, C.payloadCapLen);
  } else {
    bits |= CUT;
    store<u32>(r4, offset + (rest > 0 ? dataAt : captured), C.payloadOffset);
    store<u32>(r4, rest > 0 ? rest : 0, C.payloadCapLen);
  }
  store<u32>(r4, bits, C.layers);
  return true;
}
