/**
 * What decoders say: flat records, told apart by `kind`, each defined by its decoder; this is the one list of them. Text
 * fields come from `readText`, so they are bounded and hold whatever the wire held: they are escaped where they are
 * shown, never before. Addresses are text (IPv4-only protocols: words), MACs numbers, wire values numbers until the
 * report names them. Lists are bounded by the decoder. No field ever holds a password, a community or a key.
 */
import type { ArpObservation } from './arp.ts';
import type { Dhcpv4Observation } from './dhcpv4.ts';
import type { DnsObservation } from './dns.ts';
import type { NeighborObservation, RouterAdvertisementObservation } from './neighbor-discovery.ts';
import type { SsdpObservation } from './ssdp.ts';
import type { TlsCertificateObservation } from './tls.ts';
import type { TlsClientHelloObservation } from './tls-client-hello.ts';
import type { TlsServerHelloObservation } from './tls-server-hello.ts';
import type { SocksObservation } from './socks.ts';

export type Observation =
  | ArpObservation
  | Dhcpv4Observation
  | DnsObservation
  | SsdpObservation
  | NeighborObservation
  | RouterAdvertisementObservation
  | TlsCertificateObservation
  | TlsClientHelloObservation
  | TlsServerHelloObservation
  | SocksObservation;
