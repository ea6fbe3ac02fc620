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
import { decodeFrameRelay } from './link/frame-relay.ts';
import { decodeMacsec } from './link/macsec.ts';
import { decodeMpls } from './link/mpls.ts';
import { decodeNflog } from './link/nflog.ts';
import { decodeNsh } from './link/nsh.ts';
import {
  decodeCiscoHdlc,
  decodeCiscoHdlcWithDirection,
  decodePpp,
  decodePppd,
  decodePppHdlc,
  decodePppoe,
  decodePppWithDirection,
} from './link/ppp.ts';
import { decodeFddi, decodeIpOver1394, decodeIpOverFc, decodeTokenRing } from './link/token-ring.ts';
import { decodeWlan } from './link/wlan.ts';
import { decodeAvs, decodePpi, decodePrism, decodeRadiotap } from './link/wlan-radio.ts';
import {
  decodeBroadcomPrepended,
  decodeBroadcomTag,
  decodeDsa,
  decodeEdsa,
  decodeEpon,
  decodeFabricPath,
  decodeNetAnalyzer,
  decodeNetAnalyzerTransparent,
  decodePbb,
  decodePktap,
} from './link/wrapped-ethernet.ts';
import { decodeAyiya } from './tunnel/ayiya.ts';
import { decodeGeneve } from './tunnel/geneve.ts';
import { decodeGre } from './tunnel/gre.ts';
import { decodeGtpU } from './tunnel/gtp-u.ts';
import { decodeEtherIp, decodeIpv4InIp, decodeIpv6InIp, decodeMplsInIp } from './tunnel/ip-in-ip.ts';
import { decodeAh, decodeEsp } from './tunnel/ipsec.ts';
import { decodeL2tp } from './tunnel/l2tp.ts';
import { decodeMplsInUdp } from './tunnel/mpls-in-udp.ts';
import { decodeTeredo } from './tunnel/teredo.ts';
import { decodeTzsp } from './tunnel/tzsp.ts';
import { decodeVxlan, decodeVxlanGpe } from './tunnel/vxlan.ts';
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
  { name: 'IEEE 802.11', reference: 'IEEE 802.11', decode: decodeWlan, linkTypes: [105] },
  { name: 'IEEE 802.11 radiotap', reference: 'radiotap.org', decode: decodeRadiotap, linkTypes: [127] },
  { name: 'IEEE 802.11 PPI', reference: 'CACE PPI 1.0', decode: decodePpi, linkTypes: [192] },
  { name: 'IEEE 802.11 AVS', reference: 'AVS WLAN header v2', decode: decodeAvs, linkTypes: [163] },
  { name: 'IEEE 802.11 Prism', reference: 'Prism monitor header', decode: decodePrism, linkTypes: [119] },
  { name: 'PPP', reference: 'RFC 1661, RFC 1662', decode: decodePpp, linkTypes: [9] },
  { name: 'PPP in HDLC', reference: 'RFC 1662', decode: decodePppHdlc, linkTypes: [50] },
  { name: 'PPP of pppd', reference: 'LINKTYPE_PPP_PPPD', decode: decodePppd, linkTypes: [166] },
  {
    name: 'PPP with direction',
    reference: 'LINKTYPE_PPP_WITH_DIR',
    decode: decodePppWithDirection,
    linkTypes: [204],
  },
  {
    name: 'PPPoE session',
    reference: 'RFC 2516',
    decode: decodePppoe,
    linkTypes: [51],
    etherTypes: [0x8864],
  },
  { name: 'Cisco HDLC', reference: 'LINKTYPE_C_HDLC', decode: decodeCiscoHdlc, linkTypes: [104] },
  {
    name: 'Cisco HDLC with direction',
    reference: 'LINKTYPE_C_HDLC_WITH_DIR',
    decode: decodeCiscoHdlcWithDirection,
    linkTypes: [205],
  },
  { name: 'Frame relay', reference: 'RFC 2427', decode: decodeFrameRelay, linkTypes: [107] },
  { name: 'Token ring', reference: 'IEEE 802.5', decode: decodeTokenRing, linkTypes: [6] },
  { name: 'FDDI', reference: 'ISO 9314-2', decode: decodeFddi, linkTypes: [10] },
  { name: 'IP over Fibre Channel', reference: 'RFC 4338', decode: decodeIpOverFc, linkTypes: [122] },
  { name: 'IP over IEEE 1394', reference: 'RFC 2734', decode: decodeIpOver1394, linkTypes: [138] },
  { name: 'Linux netfilter log', reference: 'LINKTYPE_NFLOG', decode: decodeNflog, linkTypes: [239] },
  { name: 'Apple PKTAP', reference: 'LINKTYPE_PKTAP', decode: decodePktap, linkTypes: [258] },
  { name: 'EPON', reference: 'IEEE 802.3ah', decode: decodeEpon, linkTypes: [259] },
  { name: 'netANALYZER', reference: 'LINKTYPE_NETANALYZER', decode: decodeNetAnalyzer, linkTypes: [240] },
  {
    name: 'netANALYZER transparent',
    reference: 'LINKTYPE_NETANALYZER_TRANSPARENT',
    decode: decodeNetAnalyzerTransparent,
    linkTypes: [241],
  },
  {
    name: 'Switch tag, Broadcom',
    reference: 'LINKTYPE_DSA_TAG_BRCM',
    decode: decodeBroadcomTag,
    linkTypes: [281],
  },
  {
    name: 'Switch tag, Broadcom, prepended',
    reference: 'LINKTYPE_DSA_TAG_BRCM_PREPEND',
    decode: decodeBroadcomPrepended,
    linkTypes: [282],
  },
  { name: 'Switch tag, Marvell DSA', reference: 'LINKTYPE_DSA_TAG_DSA', decode: decodeDsa, linkTypes: [284] },
  {
    name: 'Switch tag, Marvell EDSA',
    reference: 'LINKTYPE_DSA_TAG_EDSA',
    decode: decodeEdsa,
    linkTypes: [285],
  },
  {
    name: 'VLAN tags, stacked',
    reference: 'IEEE 802.1Q, 802.1ad',
    decode: decodeVlan,
    etherTypes: [0x8100, 0x88a8, 0x9100, 0x9200],
  },
  { name: 'VN-Tag', reference: 'Cisco VN-Tag', decode: decodeVnTag, etherTypes: [0x8926] },
  {
    name: 'MPLS',
    reference: 'RFC 3032, RFC 4385',
    decode: decodeMpls,
    linkTypes: [219],
    etherTypes: [0x8847, 0x8848],
  },
  { name: 'Provider backbone bridging', reference: 'IEEE 802.1ah', decode: decodePbb, etherTypes: [0x88e7] },
  { name: 'Cisco FabricPath', reference: 'Cisco FabricPath', decode: decodeFabricPath, etherTypes: [0x8903] },
  { name: 'Network service header', reference: 'RFC 8300', decode: decodeNsh, etherTypes: [0x894f] },
  { name: 'MACsec', reference: 'IEEE 802.1AE', decode: decodeMacsec, etherTypes: [0x88e5] },
  { name: 'ARP', reference: 'RFC 826', decode: decodeArp, etherTypes: [0x0806, 0x8035] },
  { name: 'IPv4', reference: 'RFC 791', decode: decodeIpv4, etherTypes: [0x0800] },
  { name: 'IPv6', reference: 'RFC 8200', decode: decodeIpv6, etherTypes: [0x86dd] },
  { name: 'TCP', reference: 'RFC 9293', decode: decodeTcp, ipProtocols: [6] },
  { name: 'UDP', reference: 'RFC 768', decode: decodeUdp, ipProtocols: [17, 136] },
  { name: 'ICMP', reference: 'RFC 792', decode: decodeIcmp, ipProtocols: [1] },
  { name: 'ICMPv6', reference: 'RFC 4443', decode: decodeIcmpv6, ipProtocols: [58] },
  { name: 'IGMP', reference: 'RFC 3376', decode: decodeIgmp, ipProtocols: [2] },
  { name: 'SCTP', reference: 'RFC 9260', decode: decodeSctp, ipProtocols: [132] },
  { name: 'IPsec AH', reference: 'RFC 4302', decode: decodeAh, ipProtocols: [51] },
  { name: 'IPsec ESP', reference: 'RFC 4303', decode: decodeEsp, ipProtocols: [50] },
  { name: 'IPv4 in IP', reference: 'RFC 2003', tunnel: true, decode: decodeIpv4InIp, ipProtocols: [4] },
  {
    name: 'IPv6 in IP, 6in4',
    reference: 'RFC 2473, RFC 4213',
    tunnel: true,
    decode: decodeIpv6InIp,
    ipProtocols: [41],
  },
  { name: 'MPLS in IP', reference: 'RFC 4023', tunnel: true, decode: decodeMplsInIp, ipProtocols: [137] },
  { name: 'EtherIP', reference: 'RFC 3378', tunnel: true, decode: decodeEtherIp, ipProtocols: [97] },
  {
    name: 'GRE, PPTP, ERSPAN I–III',
    reference: 'RFC 2784, RFC 2890, RFC 2637',
    tunnel: true,
    decode: decodeGre,
    ipProtocols: [47],
  },
  { name: 'VXLAN', reference: 'RFC 7348', tunnel: true, decode: decodeVxlan, udpPorts: [4789, 8472] },
  {
    name: 'VXLAN-GPE',
    reference: 'draft-ietf-nvo3-vxlan-gpe',
    tunnel: true,
    decode: decodeVxlanGpe,
    udpPorts: [4790],
  },
  { name: 'MPLS in UDP', reference: 'RFC 7510', tunnel: true, decode: decodeMplsInUdp, udpPorts: [6635] },
  { name: 'Geneve', reference: 'RFC 8926', tunnel: true, decode: decodeGeneve, udpPorts: [6081] },
  { name: 'GTP-U', reference: '3GPP TS 29.281', tunnel: true, decode: decodeGtpU, udpPorts: [2152] },
  { name: 'Teredo', reference: 'RFC 4380', tunnel: true, decode: decodeTeredo, udpPorts: [3544] },
  {
    name: 'AYIYA',
    reference: 'draft-massar-v6ops-ayiya',
    tunnel: true,
    decode: decodeAyiya,
    udpPorts: [5072],
  },
  { name: 'L2TPv2', reference: 'RFC 2661', tunnel: true, decode: decodeL2tp, udpPorts: [1701] },
  { name: 'TZSP', reference: 'TaZmen Sniffer Protocol', tunnel: true, decode: decodeTzsp, udpPorts: [37008] },
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
