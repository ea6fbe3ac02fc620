/**
 * Frame builders for tests. Each takes the fields that matter (the rest have plausible defaults) and its payload, and
 * returns bytes; lengths are right unless a field says otherwise, so a test lies about exactly what it wants to.
 *
 *   ether({ type: 0x0800 }, ipv4({ protocol: 17 }, udp({ ports: [68, 67] }, dhcpBytes)))
 */
import { parseMac } from '../../src/bytes/address.ts';
import { parseIp } from '../../src/bytes/parse-ip.ts';

export const MAC_A = '02:00:00:00:00:0a';
export const MAC_B = '02:00:00:00:00:0b';
export const IP_A = '192.168.1.10';
export const IP_B = '192.168.1.20';
export const IP6_A = 'fe80::a';
export const IP6_B = 'fe80::b';

export function bytesOf(...parts: readonly (Uint8Array | number[] | string)[]): Uint8Array {
  const arrays = parts.map((part) =>
    typeof part === 'string' ? hexBytes(part) : part instanceof Uint8Array ? part : Uint8Array.from(part),
  );
  const out = new Uint8Array(arrays.reduce((sum, a) => sum + a.length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

/** Bytes of hex digits; spaces are allowed. */
export function hexBytes(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hex: ${hex}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function be16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

export function be32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function macBytes(mac: string): number[] {
  const value = parseMac(mac);
  if (value < 0) throw new Error(`not a MAC address: ${mac}`);
  return [...be16(Math.floor(value / 0x1_0000_0000)), ...be32(value >>> 0)];
}

export function ipBytes(ip: string): number[] {
  const words = new Uint32Array(4);
  if (!parseIp(ip, words)) throw new Error(`not an IP address: ${ip}`);
  return ip.includes(':') ? [...words].flatMap((word) => be32(word)) : be32(words[3]!);
}

export interface EtherFields {
  src?: string;
  dst?: string;
  type?: number;
}

export function ether(fields: EtherFields, payload: Uint8Array): Uint8Array {
  const { src = MAC_A, dst = MAC_B, type = 0x0800 } = fields;
  return bytesOf(macBytes(dst), macBytes(src), be16(type), payload);
}

/** 802.3 frame: the type field is the length of what follows. */
export function ieee8023(fields: EtherFields, payload: Uint8Array): Uint8Array {
  return ether({ ...fields, type: fields.type ?? payload.length }, payload);
}

/** A tag as it follows the EtherType that announces it: id and the EtherType of what follows. */
export function vlan(id: number, type: number, payload: Uint8Array): Uint8Array {
  return bytesOf(be16(id), be16(type), payload);
}

export function snap(oui: number, type: number, payload: Uint8Array): Uint8Array {
  return bytesOf([0xaa, 0xaa, 3, (oui >>> 16) & 255, (oui >>> 8) & 255, oui & 255], be16(type), payload);
}

export interface ArpFields {
  operation?: number;
  senderMac?: string;
  senderIp?: string;
  targetMac?: string;
  targetIp?: string;
}

/** Request by default. */
export function arp(fields: ArpFields = {}): Uint8Array {
  const { operation = 1, senderMac = MAC_A, senderIp = IP_A } = fields;
  const { targetMac = '00:00:00:00:00:00', targetIp = IP_B } = fields;
  return bytesOf(
    [0, 1, 8, 0, 6, 4],
    be16(operation),
    macBytes(senderMac),
    ipBytes(senderIp),
    macBytes(targetMac),
    ipBytes(targetIp),
  );
}

export interface Ipv4Fields {
  src?: string;
  dst?: string;
  protocol?: number;
  ttl?: number;
  id?: number;
  dontFragment?: boolean;
  moreFragments?: boolean;
  /** In bytes; a multiple of 8. */
  fragmentOffset?: number;
  options?: Uint8Array;
  /** Lies. */
  version?: number;
  headerLength?: number;
  totalLength?: number;
}

export function ipv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const { src = IP_A, dst = IP_B, protocol = 6, ttl = 64, id = 1, options = new Uint8Array(0) } = fields;
  const headerLength = fields.headerLength ?? 20 + options.length;
  const flags =
    (fields.dontFragment ? 0x4000 : 0) |
    (fields.moreFragments ? 0x2000 : 0) |
    ((fields.fragmentOffset ?? 0) >>> 3);
  const header = bytesOf(
    [((fields.version ?? 4) << 4) | (headerLength >>> 2), 0],
    be16(fields.totalLength ?? 20 + options.length + payload.length),
    be16(id),
    be16(flags),
    [ttl, protocol, 0, 0],
    ipBytes(src),
    ipBytes(dst),
    options,
  );
  const sum = internetChecksum(header);
  header[10] = sum >>> 8;
  header[11] = sum & 255;
  return bytesOf(header, payload);
}

export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Ipv6Fields {
  src?: string;
  dst?: string;
  /** Protocol of the payload, or of the first extension header in it. */
  nextHeader?: number;
  hopLimit?: number;
  /** Lies. */
  version?: number;
  payloadLength?: number;
}

export function ipv6(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const { src = IP6_A, dst = IP6_B, nextHeader = 6, hopLimit = 64 } = fields;
  return bytesOf(
    [(fields.version ?? 6) << 4, 0, 0, 0],
    be16(fields.payloadLength ?? payload.length),
    [nextHeader, hopLimit],
    ipBytes(src),
    ipBytes(dst),
    payload,
  );
}

/** Hop-by-hop, routing or destination options: `body` is padded with Pad1 to a multiple of eight. */
export function ipv6Extension(nextHeader: number, body: Uint8Array, payload: Uint8Array): Uint8Array {
  const length = Math.ceil((2 + body.length) / 8) * 8;
  return bytesOf([nextHeader, length / 8 - 1], body, new Uint8Array(length - 2 - body.length), payload);
}

export function ipv6Fragment(
  nextHeader: number,
  fragmentOffset: number,
  moreFragments: boolean,
  payload: Uint8Array,
  id = 1,
): Uint8Array {
  return bytesOf([nextHeader, 0], be16(fragmentOffset | (moreFragments ? 1 : 0)), be32(id), payload);
}

export interface TcpFields {
  /** Source and destination. */
  ports?: readonly [number, number];
  seq?: number;
  ack?: number;
  flags?: number;
  window?: number;
  options?: Uint8Array;
  /** Lie: header length in bytes. */
  headerLength?: number;
}

/** ACK+PSH by default; options are padded to a multiple of four. */
export function tcp(fields: TcpFields, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { ports = [40000, 80], seq = 1, ack = 1, flags = 0x18, window = 64240 } = fields;
  const given = fields.options ?? new Uint8Array(0);
  const options = bytesOf(given, new Uint8Array((4 - (given.length % 4)) % 4));
  const headerLength = fields.headerLength ?? 20 + options.length;
  return bytesOf(
    be16(ports[0]),
    be16(ports[1]),
    be32(seq),
    be32(ack),
    [(headerLength >>> 2) << 4, flags],
    be16(window),
    [0, 0, 0, 0],
    options,
    payload,
  );
}

export interface UdpFields {
  ports?: readonly [number, number];
  /** Lie. */
  length?: number;
}

export function udp(fields: UdpFields, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { ports = [40000, 9999] } = fields;
  return bytesOf(be16(ports[0]), be16(ports[1]), be16(fields.length ?? 8 + payload.length), [0, 0], payload);
}

export function icmp(type: number, code: number, body: Uint8Array = new Uint8Array(4)): Uint8Array {
  return bytesOf([type, code, 0, 0], body);
}

/** Ethernet frame of one UDP datagram over IPv4. */
export function udpFrame(
  ports: readonly [number, number],
  payload: Uint8Array,
  ends: { src?: string; dst?: string; srcMac?: string; dstMac?: string } = {},
): Uint8Array {
  const { src = IP_A, dst = IP_B, srcMac = MAC_A, dstMac = MAC_B } = ends;
  return ether({ src: srcMac, dst: dstMac }, ipv4({ src, dst, protocol: 17 }, udp({ ports }, payload)));
}

/** Ethernet frame of one TCP segment over IPv4. */
export function tcpFrame(
  fields: TcpFields,
  payload: Uint8Array = new Uint8Array(0),
  ends: { src?: string; dst?: string; srcMac?: string; dstMac?: string } = {},
): Uint8Array {
  const { src = IP_A, dst = IP_B, srcMac = MAC_A, dstMac = MAC_B } = ends;
  return ether({ src: srcMac, dst: dstMac }, ipv4({ src, dst }, tcp(fields, payload)));
}
