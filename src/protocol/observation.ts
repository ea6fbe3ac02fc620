import type { Mac } from '../bytes/address.ts';

/**
 * What decoders say: flat records, told apart by `kind`. Text fields come from `readText`, so they are bounded and
 * hold whatever the wire held: they are escaped where they are shown, never before. Addresses are text, MACs
 * numbers, wire values numbers until the report names them. Lists are bounded by the decoder.
 */
export type Observation =
  | ArpObservation
  | Dhcpv4Observation
  | DnsObservation
  | SsdpObservation
  | NeighborObservation
  | RouterAdvertisementObservation;

/** RFC 826; `gratuitous` when sender and target protocol address are the same (RFC 5227 announcement). */
export interface ArpObservation {
  readonly kind: 'arp';
  readonly operation: number;
  readonly senderMac: Mac;
  /** IPv4 word. 0 in an RFC 5227 probe. */
  readonly senderIp: number;
  readonly targetMac: Mac;
  readonly targetIp: number;
  readonly gratuitous: boolean;
}

/** RFC 2131/2132. Absent options are '' or empty or 0. */
export interface Dhcpv4Observation {
  readonly kind: 'dhcp';
  /** Option 53: 1 DISCOVER, 2 OFFER, 3 REQUEST, 4 DECLINE, 5 ACK, 6 NAK, 7 RELEASE, 8 INFORM; 0 for BOOTP. */
  readonly messageType: number;
  /** 1 BOOTREQUEST, 2 BOOTREPLY. */
  readonly op: number;
  readonly transactionId: number;
  readonly clientMac: Mac;
  /** IPv4 words; 0 when not set. */
  readonly clientIp: number;
  readonly yourIp: number;
  readonly serverIp: number;
  readonly relayIp: number;
  /** Option 50, option 54. */
  readonly requestedIp: number;
  readonly serverIdentifier: number;
  /** Options 1, 3, 6 of a server's answer. */
  readonly subnetMask: number;
  readonly routers: readonly number[];
  readonly dnsServers: readonly number[];
  readonly leaseSeconds: number;
  readonly hostName: string; // 12
  readonly domainName: string; // 15
  /** Option numbers in the order of the message, without pad and end (a fingerprint). */
  readonly optionOrder: readonly number[];
  /** Option 55, in order. */
  readonly parameterRequestList: readonly number[];
  readonly maxMessageSize: number; // 57
  readonly vendorClass: string; // 60
  /** Option 61 as lower-case hex, type byte included. */
  readonly clientId: string;
  readonly userClass: string; // 77
  readonly clientFqdn: string; // 81
  /** Option 82 sub-options 1 and 2 as lower-case hex. */
  readonly circuitId: string;
  readonly remoteId: string;
  /** Option 93, first value; -1 when absent. */
  readonly clientArchitecture: number;
  /** Option 97 as lower-case hex. */
  readonly clientMachineId: string;
  /** Option 124: enterprise number and class data as text. */
  readonly vendorIdentifyingClass: readonly { readonly enterprise: number; readonly data: string }[];
  /** Option 125: enterprise number and sub-options, data as text. */
  readonly vendorIdentifyingOptions: readonly { readonly enterprise: number; readonly code: number; readonly data: string }[];
  /** Option 43 of a client as lower-case hex, bounded. */
  readonly vendorSpecific: string;
  /** Option 114/252 and the like are not kept. */
}

export interface DnsQuestion {
  /** Labels joined by dots, without the final dot; bytes that are not UTF-8 become U+FFFD. */
  readonly name: string;
  readonly type: number;
  /** QCLASS without the mDNS unicast-response bit. */
  readonly class: number;
}

/** One resource record. Fields that its type does not have are '' or 0 or empty. */
export interface DnsRecord {
  readonly section: 'answer' | 'authority' | 'additional';
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** mDNS cache-flush bit. */
  readonly cacheFlush: boolean;
  readonly ttl: number;
  /** A/AAAA: address text; PTR/CNAME/NS/SRV/MX: target name; HINFO: `cpu/os`; others ''. */
  readonly value: string;
  /** SRV port. */
  readonly port: number;
  /** TXT strings, each `key=value` or `key`, in order. */
  readonly strings: readonly string[];
}

/** RFC 1035 message over UDP 53, TCP 53, mDNS (RFC 6762) or LLMNR (RFC 4795); `protocol` tells which. */
export interface DnsObservation {
  readonly kind: 'dns';
  readonly protocol: 'dns' | 'mdns' | 'llmnr';
  readonly transactionId: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  /** AA, TC, RD, RA as in the header: 0x0400, 0x0200, 0x0100, 0x0080. */
  readonly flags: number;
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly records: readonly DnsRecord[];
}

/** UPnP Device Architecture 2.0, section 1: NOTIFY, M-SEARCH and the answer to it. */
export interface SsdpObservation {
  readonly kind: 'ssdp';
  readonly method: 'notify' | 'search' | 'response';
  /** Header fields by lower-case name, first occurrence wins; bounded. */
  readonly headers: ReadonlyMap<string, string>;
}

/** RFC 4861 neighbour solicitation (135) and advertisement (136), router solicitation (133). */
export interface NeighborObservation {
  readonly kind: 'neighbor';
  readonly icmpType: number;
  /** Target address text; '' for a router solicitation. */
  readonly target: string;
  /** Source or target link-layer address option; -1 when absent. */
  readonly linkMac: Mac;
  readonly isRouter: boolean;
  readonly isSolicited: boolean;
  readonly isOverride: boolean;
}

/** RFC 4861 router advertisement (134), with RFC 8106 (RDNSS) and RFC 4191. */
export interface RouterAdvertisementObservation {
  readonly kind: 'router-advertisement';
  readonly hopLimit: number;
  readonly flags: number;
  readonly lifetimeSeconds: number;
  readonly linkMac: Mac;
  readonly mtu: number;
  readonly prefixes: readonly { readonly prefix: string; readonly length: number; readonly onLink: boolean; readonly autonomous: boolean }[];
  readonly dnsServers: readonly string[];
  readonly searchDomains: readonly string[];
}
