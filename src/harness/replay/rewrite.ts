/**
 * Other addresses in a frame before it goes onto a wire: MAC addresses in the Ethernet header, in ARP (RFC 826) and in
 * the link-layer options of neighbor discovery (RFC 4861 section 4.6.1), IP addresses in ARP, in IPv4 and IPv6 headers and in
 * neighbor discovery's targets. Checksums are mended by the difference (RFC 1624): one that was right stays right, and
 * one that was wrong, or not yet computed when it was captured, stays as wrong as it was.
 *
 * Left alone on purpose: addresses inside of other messages (DHCP, DNS, quotations in ICMP errors), tunnels.
 */
import { u16 } from '../../bytes/endian.ts';
import { IP_PROTOCOL } from '../../packet/layer.ts';
import { hasPrefix, type NetworkMapping, prefixMask } from './network-mapping.ts';

export interface Rewrite {
  /** By the address before, 12 hexadecimal digits. */
  readonly macs: ReadonlyMap<string, Uint8Array>;
  /** The first that holds an address decides. */
  readonly networks: readonly NetworkMapping[];
}

const MAC_BYTES = 6;
/** Addresses and type. */
const ETHERNET_BYTES = 14;
const VLAN_BYTES = 4;
const MAX_VLAN_TAGS = 4;
const MAX_EXTENSION_HEADERS = 8;
const MAX_DISCOVERY_OPTIONS = 16;
/** There is no such checksum. */
const NOWHERE = -1;

const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, serviceVlan: 0x88a8 } as const;

export class FrameRewriter {
  readonly #rewrite: Rewrite;
  #frame: Buffer = Buffer.alloc(0);
  #end = 0;
  /** Where the checksum of the IPv4 header is, and that of what it carries, while what they cover is changed. */
  #headerSum = NOWHERE;
  #payloadSum = NOWHERE;

  constructor(rewrite: Rewrite) {
    this.#rewrite = rewrite;
  }

  /** Rewrites `frame[0, length)` in place. */
  rewrite(frame: Buffer, length: number): void {
    this.#frame = frame;
    this.#end = length;
    this.#headerSum = NOWHERE;
    this.#payloadSum = NOWHERE;
    if (length < ETHERNET_BYTES) return;
    this.#mac(0);
    this.#mac(MAC_BYTES);
    let at = ETHERNET_BYTES;
    for (let tags = 0; tags < MAX_VLAN_TAGS && isVlan(u16(this.#frame, at - 2)); tags++) {
      at += VLAN_BYTES;
      if (at > this.#end) return;
    }
    const type = u16(this.#frame, at - 2);
    if (type === ETHER_TYPE.arp) this.#arp(at);
    else if (type === ETHER_TYPE.ipv4) this.#ipv4(at);
    else if (type === ETHER_TYPE.ipv6) this.#ipv6(at);
  }

  /** Of IPv4 over Ethernet: what the addresses are is told by their lengths. */
  #arp(at: number): void {
    if (this.#end < at + 28 || u16(this.#frame, at + 4) !== 0x0604) return;
    this.#mac(at + 8);
    this.#ip(at + 14, 4);
    this.#mac(at + 18);
    this.#ip(at + 24, 4);
  }

  #ipv4(at: number): void {
    const frame = this.#frame;
    if (this.#end < at + 20 || frame[at]! >> 4 !== 4) return;
    const headerBytes = (frame[at]! & 15) * 4;
    if (headerBytes < 20) return;
    const isFirst = (u16(frame, at + 6) & 0x1fff) === 0;
    this.#headerSum = at + 10;
    if (isFirst) this.#payloadSum = this.#transportSum(at + headerBytes, frame[at + 9]!);
    this.#ip(at + 12, 4);
    this.#ip(at + 16, 4);
  }

  #ipv6(at: number): void {
    const frame = this.#frame;
    if (this.#end < at + 40 || frame[at]! >> 4 !== 6) return;
    let next = frame[at + 6]!;
    let payload = at + 40;
    let isFirst = true;
    for (let headers = 0; headers < MAX_EXTENSION_HEADERS && isExtension(next); headers++) {
      if (this.#end < payload + 8) break;
      if (next === IP_PROTOCOL.fragment && (u16(frame, payload + 2) & 0xfff8) !== 0) isFirst = false;
      const bytes = next === IP_PROTOCOL.fragment ? 8 : (frame[payload + 1]! + 1) * 8;
      next = frame[payload]!;
      payload += bytes;
    }
    if (isFirst) this.#payloadSum = this.#transportSum(payload, next);
    this.#ip(at + 8, 16);
    this.#ip(at + 24, 16);
    // The header's checksum does not reach into the payload, and this one covers both.
    if (this.#payloadSum !== NOWHERE && next === IP_PROTOCOL.icmpv6) this.#neighborDiscovery(payload);
  }

  /** Where the checksum is that covers the addresses; `NOWHERE` when there is none, or it was not captured. */
  #transportSum(at: number, protocol: number): number {
    const offset = SUM_OFFSETS.get(protocol);
    if (offset === undefined || this.#end < at + offset + 2) return NOWHERE;
    // In UDP zero says that there is none.
    if (protocol === IP_PROTOCOL.udp && u16(this.#frame, at + offset) === 0) return NOWHERE;
    return at + offset;
  }

  #neighborDiscovery(at: number): void {
    const frame = this.#frame;
    const type = frame[at]!;
    const fixed = DISCOVERY_BYTES.get(type);
    if (fixed === undefined) return;
    if (type >= 135 && this.#end >= at + 24) this.#ip(at + 8, 16);
    let option = at + fixed;
    for (let count = 0; count < MAX_DISCOVERY_OPTIONS && this.#end >= option + 8; count++) {
      const bytes = frame[option + 1]! * 8;
      if (bytes === 0) return;
      const isAddress = frame[option] === 1 || frame[option] === 2;
      if (isAddress && bytes === 8) this.#mac(option + 2);
      option += bytes;
    }
  }

  #mac(at: number): void {
    const { macs } = this.#rewrite;
    if (macs.size === 0) return;
    const to = macs.get(this.#frame.toString('hex', at, at + MAC_BYTES));
    if (to !== undefined) this.#replace(at, to);
  }

  #ip(at: number, bytes: 4 | 16): void {
    for (const { from, to, prefix } of this.#rewrite.networks) {
      if (from.length !== bytes || !hasPrefix(this.#frame, at, from, prefix)) continue;
      const address = new Uint8Array(this.#frame.subarray(at, at + bytes));
      for (let bit = 0; bit < prefix; bit += 8) {
        const mask = prefixMask(prefix - bit);
        address[bit >> 3] = (to[bit >> 3]! & mask) | (address[bit >> 3]! & ~mask);
      }
      this.#replace(at, address);
      return;
    }
  }

  #replace(at: number, bytes: Uint8Array): void {
    if (this.#headerSum !== NOWHERE) this.#mend(this.#headerSum, at, bytes);
    if (this.#payloadSum !== NOWHERE) this.#mend(this.#payloadSum, at, bytes);
    this.#frame.set(bytes, at);
  }

  /** For an even number of bytes at an even place of what the checksum covers. RFC 1624: HC' = ~(~HC + ~m + m'). */
  #mend(sumAt: number, at: number, bytes: Uint8Array): void {
    let sum = ~u16(this.#frame, sumAt) & 0xffff;
    for (let i = 0; i < bytes.length; i += 2) {
      sum += (~u16(this.#frame, at + i) & 0xffff) + u16(bytes, i);
    }
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    // Zero and 0xffff are both zero in ones' complement, and in UDP zero says that there is none.
    this.#frame.writeUInt16BE(~sum & 0xffff || 0xffff, sumAt);
  }
}

function isVlan(type: number): boolean {
  return type === ETHER_TYPE.vlan || type === ETHER_TYPE.serviceVlan;
}

function isExtension(protocol: number): boolean {
  const { hopByHop, routing, fragment, destination } = IP_PROTOCOL;
  return [hopByHop, routing, fragment, destination].some((header) => header === protocol);
}

/** Where the checksum is in the header of a protocol whose checksum covers the IP addresses too. */
const SUM_OFFSETS: ReadonlyMap<number, number> = new Map([
  [IP_PROTOCOL.tcp, 16],
  [IP_PROTOCOL.udp, 6],
  [IP_PROTOCOL.icmpv6, 2],
]);

/** Bytes before the options: router solicitation and advertisement, neighbor solicitation and advertisement. */
const DISCOVERY_BYTES: ReadonlyMap<number, number> = new Map([
  [133, 8],
  [134, 16],
  [135, 24],
  [136, 24],
]);
