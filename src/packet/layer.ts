/**
 * Bits of `PacketBatch.layers`: which headers were found and decoded whole. Inside of a tunnel the network and transport
 * bits are those of the innermost packet alone; link bits (`ethernet`, `vlan`, `wlan`) add up.
 */
export const LAYER = {
  ethernet: 1 << 0,
  vlan: 1 << 1,
  llc: 1 << 2,
  arp: 1 << 3,
  ipv4: 1 << 4,
  ipv6: 1 << 5,
  tcp: 1 << 6,
  udp: 1 << 7,
  icmp: 1 << 8,
  icmpv6: 1 << 9,
  igmp: 1 << 10,
  /** Part of a fragmented IP packet (offset or more-fragments set). */
  fragment: 1 << 11,
  /** A fragment that does not hold the transport header. */
  laterFragment: 1 << 12,
  tunnel: 1 << 13,
  /** 802.11 data or management header. */
  wlan: 1 << 14,
  /** Frame addressed to a group at the link layer. */
  linkGroup: 1 << 15,
  /** Some header claims more bytes than were captured, because of the snaplen. */
  cut: 1 << 16,
  /** A header was malformed; what came before it stands. */
  malformed: 1 << 17,
  /** IEEE 802.1X (EAPOL), LLDP and other non-IP EtherTypes reach the message decoders through this bit. */
  otherEtherType: 1 << 18,
  sctp: 1 << 19,
  /** IPsec ESP or another layer that hides what is inside. */
  encrypted: 1 << 20,
} as const;

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  noNext: 59,
  destination: 60,
  sctp: 132,
  mobility: 135,
  hip: 139,
  shim6: 140,
} as const;

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;
