/**
 * Tests of one row of a batch. They look at the columns, hence at the innermost headers: VLAN tags and tunnels are looked
 * through, which tcpdump does only where the expression says so.
 */
import { u16, u32 } from '../../bytes/endian.ts';
import { BROADCAST_MAC, isGroupMac, type Mac, NO_MAC } from '../../bytes/address.ts';
import { NO_VLAN, type PacketBatch } from '../batch.ts';
import { LAYER } from '../layer.ts';

/** Whether row `index` of a decoded batch is wanted. */
export type PacketPredicate = (batch: PacketBatch, index: number) => boolean;

/** Which end of a packet a test is about. */
export type Direction = 'either' | 'both' | 'src' | 'dst';

const ARP_ETHERNET_IPV4 = 0x0604;
const ARP_SENDER_IP = 14;
const ARP_TARGET_IP = 24;

export function inDirection(
  direction: Direction,
  src: PacketPredicate,
  dst: PacketPredicate,
): PacketPredicate {
  switch (direction) {
    case 'src':
      return src;
    case 'dst':
      return dst;
    case 'both':
      return (batch, i) => src(batch, i) && dst(batch, i);
    case 'either':
      return (batch, i) => src(batch, i) || dst(batch, i);
  }
}

export function hasLayer(bits: number): PacketPredicate {
  return (batch, i) => (batch.layers[i]! & bits) !== 0;
}

export function hasEtherType(type: number): PacketPredicate {
  return (batch, i) => batch.etherType[i] === type;
}

/** `family` 0 is either. Holds for later fragments too, which have a protocol but no ports. */
export function hasIpProtocol(protocol: number, family: 0 | 4 | 6): PacketPredicate {
  const bits = family === 4 ? LAYER.ipv4 : family === 6 ? LAYER.ipv6 : LAYER.ipv4 | LAYER.ipv6;
  return (batch, i) => (batch.layers[i]! & bits) !== 0 && batch.ipProtocol[i] === protocol;
}

/** Ports `low` to `high` of TCP, UDP and SCTP, or of one of them. */
export function hasPort(low: number, high: number, direction: Direction, layers: number): PacketPredicate {
  const test =
    (column: 'srcPort' | 'dstPort'): PacketPredicate =>
    (batch, i) =>
      (batch.layers[i]! & layers) !== 0 && batch[column][i]! >= low && batch[column][i]! <= high;
  return inDirection(direction, test('srcPort'), test('dstPort'));
}

/** IPv4 addresses equal to `word` under `mask`, in IP headers and (`arp`) in ARP messages of that EtherType. */
export function hasIpv4(
  word: number,
  mask: number,
  direction: Direction,
  ip: boolean,
  arpTypes: readonly number[],
): PacketPredicate {
  const wanted = (word & mask) >>> 0;
  const test =
    (column: 'srcIp' | 'dstIp', arpOffset: number): PacketPredicate =>
    (batch, i) => {
      if (batch.layers[i]! & LAYER.ipv4) return ip && (batch[column][i * 4 + 3]! & mask) >>> 0 === wanted;
      if (!(batch.layers[i]! & LAYER.arp) || !arpTypes.includes(batch.etherType[i]!)) return false;
      const at = batch.netOffset[i]!;
      if (u16(batch.bytes, at + 4) !== ARP_ETHERNET_IPV4) return false;
      return (u32(batch.bytes, at + arpOffset) & mask) >>> 0 === wanted;
    };
  return inDirection(direction, test('srcIp', ARP_SENDER_IP), test('dstIp', ARP_TARGET_IP));
}

export function hasIpv6(words: Uint32Array, prefixLength: number, direction: Direction): PacketPredicate {
  const masks = [0, 1, 2, 3].map((word) => prefixMask(prefixLength - word * 32));
  const test =
    (column: 'srcIp' | 'dstIp'): PacketPredicate =>
    (batch, i) => {
      if (!(batch.layers[i]! & LAYER.ipv6)) return false;
      for (let word = 0; word < 4; word++) {
        if (((batch[column][i * 4 + word]! ^ words[word]!) & masks[word]!) !== 0) return false;
      }
      return true;
    };
  return inDirection(direction, test('srcIp'), test('dstIp'));
}

/** The 32-bit mask of a prefix of `length` bits; lengths beyond either end are clamped. */
export function prefixMask(length: number): number {
  return length <= 0 ? 0 : length >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - length)) >>> 0;
}

export function hasMac(mac: Mac, direction: Direction): PacketPredicate {
  return inDirection(
    direction,
    (batch, i) => batch.srcMac[i] === mac,
    (batch, i) => batch.dstMac[i] === mac,
  );
}

/** Either of the two outermost tags; any tag when `id` is `NO_VLAN`. */
export function hasVlan(id: number): PacketPredicate {
  if (id === NO_VLAN) return hasLayer(LAYER.vlan);
  return (batch, i) => batch.vlanId[i] === id || batch.innerVlanId[i] === id;
}

export const isLinkBroadcast: PacketPredicate = (batch, i) => batch.dstMac[i] === BROADCAST_MAC;

export const isLinkMulticast: PacketPredicate = (batch, i) =>
  batch.dstMac[i] !== NO_MAC && isGroupMac(batch.dstMac[i]!);

export const isIpv4Multicast: PacketPredicate = (batch, i) =>
  (batch.layers[i]! & LAYER.ipv4) !== 0 && batch.dstIp[i * 4 + 3]! >>> 24 >= 224;

export const isIpv6Multicast: PacketPredicate = (batch, i) =>
  (batch.layers[i]! & LAYER.ipv6) !== 0 && batch.dstIp[i * 4]! >>> 24 === 0xff;
