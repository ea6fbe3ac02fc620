/**
 * The one list of message decoders. A protocol is one new file, one line here, one corpus case. The order matters only
 * where two decoders share a trigger: the first that does not answer `foreign` has the bytes.
 */
import { arpDecoder } from './arp.ts';
import type { MessageDecoder } from './decoder.ts';
import { dhcpv4Decoder } from './dhcpv4.ts';
import { dnsDecoder, dnsTcpDecoder, llmnrDecoder, mdnsDecoder } from './dns.ts';
import { neighborDiscoveryDecoder } from './neighbor-discovery.ts';
import { ssdpDecoder } from './ssdp.ts';
import { tlsDecoder } from './tls.ts';
import { quicDecoder } from './quic.ts';
import { socksDecoder } from './socks.ts';

export const PROTOCOLS: readonly MessageDecoder[] = [
  arpDecoder,
  neighborDiscoveryDecoder,
  dhcpv4Decoder,
  dnsDecoder,
  dnsTcpDecoder,
  mdnsDecoder,
  llmnrDecoder,
  ssdpDecoder,
  tlsDecoder,
  quicDecoder,
  socksDecoder,
];
