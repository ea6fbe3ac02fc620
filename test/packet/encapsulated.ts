/** One frame per encapsulation, each around the same UDP datagram unless it cannot hold one. */
import {
  arp,
  be16,
  be32,
  bytesOf,
  ether,
  hexBytes,
  icmp,
  ieee8023,
  IP6_A,
  IP6_B,
  IP_A,
  IP_B,
  ipv4,
  ipv6,
  MAC_A,
  MAC_B,
  macBytes,
  snap,
  tcp,
  udp,
  vlan,
} from './build-frame.ts';

export interface EncapsulatedFrame {
  /** Name in `ENCAPSULATIONS`. */
  readonly name: string;
  readonly linkType: number;
  readonly frame: Uint8Array;
  readonly tunnelDepth: number;
  /** What is at the core: the datagram below, or something else that the name says. */
  readonly core: 'datagram' | 'other';
  /** Whether the innermost link header has `MAC_A` as its source. */
  readonly mac: boolean;
}

export const CORE_PORTS = [40001, 9999] as const;
export const CORE_PAYLOAD = bytesOf(
  ...['hello, network'].map((text) => [...text].map((c) => c.charCodeAt(0))),
);

const datagram = udp({ ports: CORE_PORTS }, CORE_PAYLOAD);
export const CORE_IPV4 = ipv4({ protocol: 17 }, datagram);
export const CORE_IPV6 = ipv6({ nextHeader: 17 }, datagram);
const inner = ether({}, CORE_IPV4);
const SNAP_IPV4 = snap(0, 0x0800, CORE_IPV4);
/** 802.11 data frame from the access point: addresses are destination, BSS, source. */
const WLAN = bytesOf(
  [0x08, 0x02, 0, 0],
  macBytes(MAC_B),
  macBytes(MAC_B),
  macBytes(MAC_A),
  [0, 0],
  SNAP_IPV4,
);
const OUTER = { src: '10.9.0.1', dst: '10.9.0.2' };
const outerMacs = { src: '02:00:00:00:00:f0', dst: '02:00:00:00:00:f1' };

function inIp(protocol: number, payload: Uint8Array): Uint8Array {
  return ether(outerMacs, ipv4({ ...OUTER, protocol }, payload));
}

function inUdp(port: number, payload: Uint8Array): Uint8Array {
  return inIp(17, udp({ ports: [51000, port] }, payload));
}

function link(name: string, linkType: number, frame: Uint8Array, mac = false): EncapsulatedFrame {
  return { name, linkType, frame, tunnelDepth: 0, core: 'datagram', mac };
}

function other(name: string, linkType: number, frame: Uint8Array, mac = true): EncapsulatedFrame {
  return { name, linkType, frame, tunnelDepth: 0, core: 'other', mac };
}

function tunnel(name: string, frame: Uint8Array, mac = false): EncapsulatedFrame {
  return { name, linkType: 1, frame, tunnelDepth: 1, core: 'datagram', mac };
}

export const ENCAPSULATED: readonly EncapsulatedFrame[] = [
  link('Ethernet', 1, ether({}, CORE_IPV4), true),
  link('LLC/SNAP', 1, ieee8023({}, SNAP_IPV4), true),
  link('LLC/SNAP', 1, ieee8023({}, bytesOf([0x06, 0x06, 3], CORE_IPV4)), true),
  link('LLC/SNAP', 100, SNAP_IPV4),
  other('LLC/SNAP', 1, ieee8023({}, bytesOf([0x42, 0x42, 3], new Uint8Array(35)))),
  link('Linux cooked', 113, bytesOf([0, 0, 0, 1, 0, 6], macBytes(MAC_A), [0, 0, 8, 0], CORE_IPV4), true),
  link('Linux cooked', 113, bytesOf([0, 0, 0, 1, 0, 6], macBytes(MAC_A), [0, 0, 0, 4], SNAP_IPV4), true),
  link(
    'Linux cooked v2',
    276,
    bytesOf([8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6], macBytes(MAC_A), [0, 0], CORE_IPV4),
    true,
  ),
  link('BSD loopback', 0, bytesOf([2, 0, 0, 0], CORE_IPV4)),
  link('BSD loopback', 0, bytesOf([0, 0, 0, 30], CORE_IPV6)),
  link('BSD loopback', 108, bytesOf([0, 0, 0, 2], CORE_IPV4)),
  link('OpenBSD enc', 109, bytesOf([2, 0, 0, 0], new Uint8Array(8), CORE_IPV4)),
  link('OpenBSD pflog', 117, bytesOf([61, 2], new Uint8Array(62), CORE_IPV4)),
  link('Raw IP', 101, CORE_IPV4),
  link('Raw IP', 12, CORE_IPV6),
  link('Raw IPv4', 228, CORE_IPV4),
  link('Raw IPv6', 229, CORE_IPV6),
  link('IEEE 802.11', 105, WLAN, true),
  link(
    'IEEE 802.11',
    105,
    bytesOf(
      [0x88, 0x03, 0, 0],
      macBytes(MAC_B),
      macBytes(MAC_B),
      macBytes(MAC_B),
      [0, 0],
      macBytes(MAC_A),
      [0, 0],
      SNAP_IPV4,
    ),
    true,
  ),
  link(
    'IEEE 802.11',
    105,
    bytesOf(
      [0x88, 0x01, 0, 0],
      macBytes(MAC_B),
      macBytes(MAC_A),
      macBytes(MAC_B),
      [0, 0, 0x80, 0],
      macBytes(MAC_B),
      macBytes(MAC_A),
      be16(SNAP_IPV4.length),
      SNAP_IPV4,
    ),
    true,
  ),
  other(
    'IEEE 802.11',
    105,
    bytesOf([0x08, 0x42, 0, 0], macBytes(MAC_B), macBytes(MAC_B), macBytes(MAC_A), new Uint8Array(30)),
  ),
  other(
    'IEEE 802.11',
    105,
    bytesOf([0x80, 0, 0, 0], macBytes(MAC_B), macBytes(MAC_A), macBytes(MAC_A), new Uint8Array(30)),
  ),
  link('IEEE 802.11 radiotap', 127, bytesOf([0, 0, 8, 0, 0, 0, 0, 0], WLAN), true),
  link(
    'IEEE 802.11 radiotap',
    127,
    bytesOf([0, 0, 21, 0, 3, 0, 0, 0x80, 0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 4, 5], WLAN, [1, 2, 3, 4]),
    true,
  ),
  link('IEEE 802.11 PPI', 192, bytesOf([0, 0, 12, 0, 105, 0, 0, 0, 0x30, 0x75, 0, 0], WLAN), true),
  link('IEEE 802.11 AVS', 163, bytesOf(hexBytes('80211001 00000040'), new Uint8Array(56), WLAN), true),
  link('IEEE 802.11 Prism', 119, bytesOf(hexBytes('44000000 90000000'), new Uint8Array(136), WLAN), true),
  link('IEEE 802.11 Prism', 119, bytesOf(hexBytes('80211001 00000040'), new Uint8Array(56), WLAN), true),
  link('PPP', 9, bytesOf([0xff, 3, 0, 0x21], CORE_IPV4)),
  link('PPP', 9, bytesOf([0x57], CORE_IPV6)),
  link('PPP in HDLC', 50, bytesOf([0xff, 3, 0, 0x21], CORE_IPV4)),
  link('PPP in HDLC', 50, bytesOf([0x0f, 0, 8, 0], CORE_IPV4)),
  link('PPP of pppd', 166, bytesOf([1, 3, 0, 0x21], CORE_IPV4)),
  link('PPP with direction', 204, bytesOf([1, 0xff, 3, 0, 0x21], CORE_IPV4)),
  link(
    'PPPoE session',
    1,
    ether({ type: 0x8864 }, bytesOf([0x11, 0, 0, 1], be16(2 + CORE_IPV4.length), [0, 0x21], CORE_IPV4)),
    true,
  ),
  link('PPPoE session', 51, bytesOf([0x11, 0, 0, 1], be16(2 + CORE_IPV4.length), [0, 0x21], CORE_IPV4)),
  link('Cisco HDLC', 104, bytesOf([0x0f, 0, 8, 0], CORE_IPV4)),
  link('Cisco HDLC with direction', 205, bytesOf([0, 0x0f, 0, 8, 0], CORE_IPV4)),
  link('Frame relay', 107, bytesOf([0x18, 0x41, 3, 0xcc], CORE_IPV4)),
  link('Frame relay', 107, bytesOf([0x18, 0x41, 8, 0], CORE_IPV4)),
  link('Frame relay', 107, bytesOf([0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0], CORE_IPV4)),
  link('Token ring', 6, bytesOf([0x10, 0x40], macBytes(MAC_B), macBytes(MAC_A), SNAP_IPV4), true),
  link(
    'Token ring',
    6,
    bytesOf([0x10, 0x40], macBytes(MAC_B), macBytes('82:00:00:00:00:0a'), [4, 0, 1, 2], SNAP_IPV4),
    true,
  ),
  link('FDDI', 10, bytesOf([0x50], macBytes(MAC_B), macBytes(MAC_A), SNAP_IPV4), true),
  link(
    'IP over Fibre Channel',
    122,
    bytesOf([0x10, 0], macBytes(MAC_B), [0x10, 0], macBytes(MAC_A), SNAP_IPV4),
    true,
  ),
  link('IP over IEEE 1394', 138, bytesOf(new Uint8Array(16), [8, 0], CORE_IPV4)),
  link(
    'Linux netfilter log',
    239,
    bytesOf([2, 0, 0, 0, 8, 0, 1, 0, 0, 8, 3, 0], [4 + CORE_IPV4.length, 0, 9, 0], CORE_IPV4, [0, 0]),
  ),
  link('Apple PKTAP', 258, bytesOf([108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], new Uint8Array(96), inner), true),
  link('EPON', 259, bytesOf([0x55, 0x55, 0xd5, 0x55, 0x55, 0, 1, 0], inner), true),
  link('netANALYZER', 240, bytesOf([0, 0, 0, 0], inner), true),
  link('netANALYZER transparent', 241, bytesOf(new Uint8Array(4), hexBytes('55555555555555d5'), inner), true),
  link(
    'Switch tag, Broadcom',
    281,
    bytesOf(macBytes(MAC_B), macBytes(MAC_A), [0, 0, 0, 1, 8, 0], CORE_IPV4),
    true,
  ),
  link('Switch tag, Broadcom, prepended', 282, bytesOf([0, 0, 0, 1], inner), true),
  link(
    'Switch tag, Marvell DSA',
    284,
    bytesOf(macBytes(MAC_B), macBytes(MAC_A), [0xc0, 0, 0, 0, 8, 0], CORE_IPV4),
    true,
  ),
  link(
    'Switch tag, Marvell EDSA',
    285,
    bytesOf(macBytes(MAC_B), macBytes(MAC_A), [0xda, 0xda, 0, 0, 0xc0, 0, 0, 0, 8, 0], CORE_IPV4),
    true,
  ),
  link('VLAN tags, stacked', 1, ether({ type: 0x8100 }, vlan(7, 0x0800, CORE_IPV4)), true),
  link('VLAN tags, stacked', 1, ether({ type: 0x88a8 }, vlan(7, 0x8100, vlan(8, 0x0800, CORE_IPV4))), true),
  link('VN-Tag', 1, ether({ type: 0x8926 }, bytesOf([0x40, 1, 0, 0, 8, 0], CORE_IPV4)), true),
  link('MPLS', 1, ether({ type: 0x8847 }, bytesOf(hexBytes('00010040 00020140'), CORE_IPV4)), true),
  link('MPLS', 219, bytesOf(hexBytes('00020140'), CORE_IPV6)),
  link('MPLS', 1, ether({ ...outerMacs, type: 0x8847 }, bytesOf(hexBytes('00020140 00000000'), inner)), true),
  link('MPLS', 1, ether({ ...outerMacs, type: 0x8847 }, bytesOf(hexBytes('00020140'), inner)), true),
  link(
    'Provider backbone bridging',
    1,
    ether({ ...outerMacs, type: 0x88e7 }, bytesOf([0, 0, 1, 2], inner)),
    true,
  ),
  link('Cisco FabricPath', 1, ether({ ...outerMacs, type: 0x8903 }, bytesOf([0, 0x60], inner)), true),
  link(
    'MACsec',
    1,
    ether({ type: 0x88e5 }, bytesOf([0, 0, 0, 0, 0, 1, 8, 0], CORE_IPV4, new Uint8Array(16))),
    true,
  ),
  other('MACsec', 1, ether({ type: 0x88e5 }, bytesOf([0x2c, 0, 0, 0, 0, 1], new Uint8Array(60)))),
  other('ARP', 1, ether({ type: 0x0806 }, arp())),
  link('IPv4', 1, ether({}, ipv4({ protocol: 17, options: hexBytes('01010101') }, datagram)), true),
  link('IPv6', 1, ether({ type: 0x86dd }, CORE_IPV6), true),
  other('TCP', 1, ether({}, ipv4({}, tcp({ options: hexBytes('020405b4') }, CORE_PAYLOAD)))),
  link('UDP', 1, ether({}, CORE_IPV4), true),
  other('ICMP', 1, ether({}, ipv4({ protocol: 1 }, icmp(8, 0)))),
  other('ICMPv6', 1, ether({ type: 0x86dd }, ipv6({ nextHeader: 58 }, icmp(135, 0, new Uint8Array(20))))),
  other(
    'IGMP',
    1,
    ether({}, ipv4({ protocol: 2, options: hexBytes('94040000') }, hexBytes('16000000 e00000fb'))),
  ),
  other('SCTP', 1, ether({}, ipv4({ protocol: 132 }, bytesOf(be16(5000), be16(5001), new Uint8Array(24))))),
  link(
    'IPsec AH',
    1,
    ether({}, ipv4({ protocol: 51 }, bytesOf([17, 4], new Uint8Array(22), datagram))),
    true,
  ),
  other('IPsec ESP', 1, ether({}, ipv4({ protocol: 50 }, new Uint8Array(40)))),
  tunnel('IPv4 in IP', inIp(4, CORE_IPV4)),
  tunnel('IPv6 in IP, 6in4', inIp(41, CORE_IPV6)),
  tunnel('MPLS in IP', inIp(137, bytesOf(hexBytes('00020140'), CORE_IPV4))),
  tunnel('EtherIP', inIp(97, bytesOf([0x30, 0], inner)), true),
  tunnel('GRE, PPTP, ERSPAN I–III', inIp(47, bytesOf([0, 0, 8, 0], CORE_IPV4))),
  tunnel(
    'GRE, PPTP, ERSPAN I–III',
    inIp(47, bytesOf([0xb0, 0, 0x65, 0x58], new Uint8Array(12), inner)),
    true,
  ),
  tunnel(
    'GRE, PPTP, ERSPAN I–III',
    inIp(47, bytesOf([0x30, 0x81, 0x88, 0x0b], new Uint8Array(12), [0xff, 3, 0, 0x21], CORE_IPV4)),
  ),
  tunnel('GRE, PPTP, ERSPAN I–III', inIp(47, bytesOf([0, 0, 0x88, 0xbe], inner)), true),
  tunnel(
    'GRE, PPTP, ERSPAN I–III',
    inIp(47, bytesOf([0x10, 0, 0x88, 0xbe], new Uint8Array(4), [0x10, 0, 0, 1, 0, 0, 0, 0], inner)),
    true,
  ),
  tunnel(
    'GRE, PPTP, ERSPAN I–III',
    inIp(
      47,
      bytesOf(
        [0x10, 0, 0x22, 0xeb],
        new Uint8Array(4),
        [0x20],
        new Uint8Array(10),
        [1],
        new Uint8Array(8),
        inner,
      ),
    ),
    true,
  ),
  tunnel('MPLS in UDP', inUdp(6635, bytesOf(hexBytes('00020140'), CORE_IPV6))),
  link(
    'Network service header',
    1,
    ether({ type: 0x894f }, bytesOf(hexBytes('0fc2 0202 00000000'), CORE_IPV6)),
    true,
  ),
  tunnel('VXLAN', inUdp(4789, bytesOf([8, 0, 0, 0, 0, 0, 42, 0], inner)), true),
  tunnel('VXLAN-GPE', inUdp(4790, bytesOf([12, 0, 0, 3, 0, 0, 42, 0], inner)), true),
  tunnel('VXLAN-GPE', inUdp(4790, bytesOf([12, 0, 0, 1, 0, 0, 42, 0], CORE_IPV4))),
  tunnel('VXLAN-GPE', inUdp(4790, bytesOf([12, 0, 0, 2, 0, 0, 42, 0], CORE_IPV6))),
  tunnel('Geneve', inUdp(6081, bytesOf([1, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 4], inner)), true),
  tunnel('Geneve', inUdp(6081, bytesOf([0, 0, 0x86, 0xdd, 0, 0, 42, 0], CORE_IPV6))),
  tunnel('GTP-U', inUdp(2152, bytesOf([0x30, 255], be16(CORE_IPV4.length), be32(9), CORE_IPV4))),
  tunnel(
    'GTP-U',
    inUdp(
      2152,
      bytesOf([0x34, 255], be16(CORE_IPV6.length + 8), be32(9), [0, 0, 0, 0x85, 1, 0, 9, 0], CORE_IPV6),
    ),
  ),
  tunnel('Teredo', inUdp(3544, CORE_IPV6)),
  tunnel(
    'Teredo',
    inUdp(3544, bytesOf([0, 1, 0, 0], new Uint8Array(9), [0, 0, 1, 2, 3, 4, 5, 6], CORE_IPV6)),
  ),
  tunnel('AYIYA', inUdp(5072, bytesOf([0x41, 0x52, 0x11, 41], be32(1), new Uint8Array(16 + 20), CORE_IPV6))),
  tunnel('L2TPv2', inUdp(1701, bytesOf([0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21], CORE_IPV4))),
  tunnel('TZSP', inUdp(37008, bytesOf([1, 0, 0, 1, 0, 10, 1, 0, 1], inner)), true),
];

/** Addresses at the core of a frame, by the family of its innermost IP header. */
export function coreAddresses(isIpv6: boolean): [string, string] {
  return isIpv6 ? [IP6_A, IP6_B] : [IP_A, IP_B];
}
