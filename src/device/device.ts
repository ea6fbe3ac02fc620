import type { Mac } from '../bytes/address.ts';
import type { Evidence } from '../fingerprint/evidence.ts';

/** Packets and bytes (wire length) that a device sent and received. */
export interface DeviceTraffic {
  packetsOut: number;
  packetsIn: number;
  bytesOut: number;
  bytesIn: number;
}

/** How an address came to be known as the device's own. */
export type AddressSource = 'arp' | 'dhcp' | 'nd' | 'traffic' | 'mdns';

export interface DeviceAddress {
  readonly address: string;
  readonly sources: Set<AddressSource>;
  firstSeconds: number;
  lastSeconds: number;
}

export interface DeviceName {
  readonly name: string;
  /** `dhcp`, `mdns`, `ssdp`, `netbios`, `llmnr`, `dns`, … */
  readonly source: string;
}

/** A service that the device offers, by its own announcement or because it answered. */
export interface DeviceService {
  /** `_hap._tcp`, `upnp:rootdevice`, `ssh`, … */
  readonly name: string;
  /** 0 when the announcement has none. */
  readonly port: number;
  readonly transport: 'tcp' | 'udp' | '';
  /** `mdns`, `ssdp`, `flow`, … */
  readonly source: string;
}

/** Traffic with one other address (or device id, for local peers). */
export interface DevicePeer {
  readonly peer: string;
  /** Name of the peer as the device asked for it (DNS, SNI), '' when unknown. */
  name: string;
  flows: number;
  bytesOut: number;
  bytesIn: number;
  /** `tcp/443`, `udp/53`, … of the responder side, bounded. */
  readonly ports: Set<string>;
}

export type DeviceRole =
  | 'gateway'
  | 'dhcp-server'
  | 'dns-server'
  | 'ipv6-router'
  /** Its MAC belongs to a VRRP, HSRP or GLBP group, not to a box. */
  | 'virtual-router';

/** What is known of one device. Maps and sets are bounded by the registry (`device/list-limit`). */
export interface Device {
  /** Index in the registry, in order of first packets (sent or received). */
  readonly index: number;
  /** MAC text, or `ip:<address>` where the link has no addresses. */
  readonly id: string;
  readonly mac: Mac;
  readonly addresses: Map<string, DeviceAddress>;
  /** By `source` + name. */
  readonly names: Map<string, DeviceName>;
  readonly services: Map<string, DeviceService>;
  /** Domain asked for (DNS, SNI, HTTP Host) → times. */
  readonly domains: Map<string, number>;
  readonly peers: Map<string, DevicePeer>;
  /** Evidence by source, value and what it supports, without the OUI's. */
  readonly evidence: Map<string, Evidence>;
  /** Fingerprints by kind (`dhcp`, `tcp-syn`, `ja4`, `hassh`, …) → values seen. */
  readonly fingerprints: Map<string, Set<string>>;
  /** Behaviour: it forwards for addresses that are not its own, serves DHCP, sends router advertisements, … */
  readonly roles: Set<DeviceRole>;
  readonly firstPacket: number;
  readonly firstSeconds: number;
  readonly firstNanos: number;
}
