/**
 * The one table of headers that are decoded: by which link type, EtherType, IP protocol or UDP port each is reached.
 * A new encapsulation is one file and one entry here; the tables in the documentation are derived from this one.
 */
import { decodeEthernet } from './link/ethernet.ts';
import { decodeLinuxCooked, decodeLinuxCooked2 } from './link/linux-cooked.ts';
import { decodeLlc } from './link/llc.ts';
import { decodeEnc, decodeLoopback, decodePflog } from './link/loopback.ts';
import { decodeRawIp, decodeRawIpv4, decodeRawIpv6 } from './link/raw-ip.ts';
import { decodeVlan, decodeVnTag } from './link/vlan.ts';
import { decodeArp } from './network/arp.ts';
import { decodeIpv4 } from './network/ipv4.ts';
import { decodeIpv6 } from './network/ipv6.ts';
import { decodeIcmp, decodeIcmpv6, decodeIgmp } from './transport/icmp.ts';
import { decodeSctp } from './transport/sctp.ts';
import { decodeTcp } from './transport/tcp.ts';
import { decodeUdp } from './transport/udp.ts';
import { type HeaderDecoder, NEXT } from './walk.ts';

export interface Encapsulation {
  readonly name: string;
  /** Where the header is defined. */
  readonly reference: string;
  /** A header around other packets, rather than a layer of its own. */
  readonly tunnel?: true;
  readonly decode: HeaderDecoder;
  readonly linkTypes?: readonly number[];
  readonly etherTypes?: readonly number[];
  readonly ipProtocols?: readonly number[];
  /** Either port of the datagram. The decoder checks the payload before it believes the port. */
  readonly udpPorts?: readonly number[];
}

export const ENCAPSULATIONS: readonly Encapsulation[] = [
  { name: 'Ethernet', reference: 'IEEE 802.3', decode: decodeEthernet, linkTypes: [1] },
  { name: 'LLC/SNAP', reference: 'IEEE 802.2, RFC 1042', decode: decodeLlc, linkTypes: [100] },
  { name: 'Linux cooked', reference: 'LINKTYPE_LINUX_SLL', decode: decodeLinuxCooked, linkTypes: [113] },
  { name: 'Linux cooked v2', reference: 'LINKTYPE_LINUX_SLL2', decode: decodeLinuxCooked2, linkTypes: [276] },
  {
    name: 'BSD loopback',
    reference: 'LINKTYPE_NULL, LINKTYPE_LOOP',
    decode: decodeLoopback,
    linkTypes: [0, 108],
  },
  { name: 'OpenBSD enc', reference: 'LINKTYPE_ENC', decode: decodeEnc, linkTypes: [109] },
  { name: 'OpenBSD pflog', reference: 'LINKTYPE_PFLOG', decode: decodePflog, linkTypes: [117] },
  { name: 'Raw IP', reference: 'LINKTYPE_RAW', decode: decodeRawIp, linkTypes: [12, 14, 101] },
  { name: 'Raw IPv4', reference: 'LINKTYPE_IPV4', decode: decodeRawIpv4, linkTypes: [228] },
  { name: 'Raw IPv6', reference: 'LINKTYPE_IPV6', decode: decodeRawIpv6, linkTypes: [229] },
  {
    name: 'VLAN tags, stacked',
    reference: 'IEEE 802.1Q, 802.1ad',
    decode: decodeVlan,
    etherTypes: [0x8100, 0x88a8, 0x9100, 0x9200],
  },
  { name: 'VN-Tag', reference: 'Cisco VN-Tag', decode: decodeVnTag, etherTypes: [0x8926] },
  { name: 'ARP', reference: 'RFC 826', decode: decodeArp, etherTypes: [0x0806, 0x8035] },
  { name: 'IPv4', reference: 'RFC 791', decode: decodeIpv4, etherTypes: [0x0800] },
  { name: 'IPv6', reference: 'RFC 8200', decode: decodeIpv6, etherTypes: [0x86dd] },
  { name: 'TCP', reference: 'RFC 9293', decode: decodeTcp, ipProtocols: [6] },
  { name: 'UDP', reference: 'RFC 768', decode: decodeUdp, ipProtocols: [17, 136] },
  { name: 'ICMP', reference: 'RFC 792', decode: decodeIcmp, ipProtocols: [1] },
  { name: 'ICMPv6', reference: 'RFC 4443', decode: decodeIcmpv6, ipProtocols: [58] },
  { name: 'IGMP', reference: 'RFC 3376', decode: decodeIgmp, ipProtocols: [2] },
  { name: 'SCTP', reference: 'RFC 9260', decode: decodeSctp, ipProtocols: [132] },
];

/** Link types that are analyzed, ascending. All others are counted by name. */
export const ANALYZED_LINK_TYPES: readonly number[] = ENCAPSULATIONS.flatMap((e) => e.linkTypes ?? []).sort(
  (a, b) => a - b,
);

/** UDP ports behind which a tunnel is looked for: 1. Other ports: 0. */
export const IS_TUNNEL_PORT = new Uint8Array(0x10000);
for (const port of ENCAPSULATIONS.flatMap((e) => e.udpPorts ?? [])) IS_TUNNEL_PORT[port] = 1;

/** `DECODERS[space][number]` is an index into `ENCAPSULATIONS` plus one; 0 where nothing is registered. */
const INDEX: readonly Uint8Array[] = Object.values(NEXT).map(() => new Uint8Array(0x10000));
for (const [index, encapsulation] of ENCAPSULATIONS.entries()) {
  const spaces = [
    [NEXT.linkType, encapsulation.linkTypes],
    [NEXT.etherType, encapsulation.etherTypes],
    [NEXT.ipProtocol, encapsulation.ipProtocols],
    [NEXT.udpPort, encapsulation.udpPorts],
  ] as const;
  for (const [space, numbers] of spaces) {
    for (const number of numbers ?? []) INDEX[space]![number] = index + 1;
  }
}

/** The decoder that `number` leads to in a number space, or undefined. */
export function decoderOf(space: number, number: number): HeaderDecoder | undefined {
  const index = INDEX[space]![number & 0xffff]!;
  return index === 0 ? undefined : ENCAPSULATIONS[index - 1]!.decode;
}
