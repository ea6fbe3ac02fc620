/**
 * A home with many devices that find each other: of each ten steps some three are ARP, mDNS, SSDP, DHCP, NTP, DNS or IGMP, the
 * rest is what the same devices exchange with their clouds (TLS and UDP). About seventy packets a second, so that a
 * gigabyte is ten hours.
 */
import {
  DHCP,
  dhcpMessage,
  dnsLookup,
  mdnsQuery,
  mdnsResponse,
  ntpMessage,
  ssdpNotify,
  ssdpResponse,
  ssdpSearch,
} from './discovery-messages.ts';
import type { Endpoint, FrameWriter } from './frame-writer.ts';
import { EPOCH_SECONDS, writeArp, writeDatagram, writeMembershipReport } from './frames.ts';
import { type Product, PRODUCTS } from './home-products.ts';
import { seedOf } from './octets.ts';
import { Random } from './random.ts';
import { GATEWAY, type Kind, MULTICAST_DNS, Traffic } from './traffic.ts';

const DEVICES = 64;
const FIRST_ADDRESS = 0xc0a8010a;
const SSDP_GROUP: Endpoint = { mac: 0x01005e_7ffffa, ip: 0xeffffffa };
const EVERYBODY: Endpoint = { mac: 0xffff_ffff_ffff, ip: 0xffffffff };
const MOST_GAP_MICROS = 28_000;
/** Out of 1000 steps. */
const DISCOVERY_STEPS = 350;
const CLOUD_TRAFFIC: Kind = {
  dns: 0,
  udp: 80,
  arp: 0,
  mdns: 0,
  segments: [4, 60],
  full: 10,
  bare: 50,
  connections: 80,
  wholeHandshakes: true,
};

interface Device extends Endpoint {
  readonly host: string;
  readonly product: Product;
  /** What it says again and again, as it is sent. */
  readonly announcement: Uint8Array | null;
  readonly notifications: readonly Uint8Array[];
  readonly query: Uint8Array | null;
}

export class HomeNetwork {
  readonly #out: FrameWriter;
  readonly #random: Random;
  readonly #devices: readonly Device[];
  readonly #announcing: readonly Device[];
  readonly #notifying: readonly Device[];
  readonly #searching: readonly Device[];
  readonly #asking: readonly Device[];
  readonly #clouds: Traffic;

  constructor(out: FrameWriter, seed: number) {
    this.#out = out;
    this.#random = new Random(seed);
    this.#devices = Array.from({ length: DEVICES }, (_, i) => this.#device(i));
    this.#announcing = this.#devices.filter(({ announcement }) => announcement !== null);
    this.#notifying = this.#devices.filter(({ notifications }) => notifications.length > 0);
    this.#searching = this.#devices.filter(({ product }) => product.searches.length > 0);
    this.#asking = this.#devices.filter(({ query }) => query !== null);
    this.#clouds = new Traffic(out, CLOUD_TRAFFIC, seed + 1, this.#devices);
  }

  /** Writes one packet, or an exchange of a few. */
  step(): void {
    this.#out.micros += this.#below(MOST_GAP_MICROS);
    if (this.#below(1000) >= DISCOVERY_STEPS) return this.#clouds.step();
    let dice = this.#below(1000);
    if ((dice -= 170) < 0) this.#arp();
    else if ((dice -= 120) < 0) this.#mdnsQuery();
    else if ((dice -= 250) < 0) this.#mdnsAnnouncement();
    else if ((dice -= 170) < 0) this.#notify();
    else if ((dice -= 90) < 0) this.#search();
    else if ((dice -= 3) < 0) this.#dhcp();
    else if ((dice -= 60) < 0) this.#ntp();
    else if ((dice -= 120) < 0) this.#lookup();
    else writeMembershipReport(this.#out, this.#one(this.#devices), MULTICAST_DNS);
  }

  #device(index: number): Device {
    const product = PRODUCTS[index % PRODUCTS.length]!;
    const mac = product.prefix * 0x100_0000 + this.#below(0x100_0000);
    const ip = FIRST_ADDRESS + index;
    const host = `${product.host}-${(mac % 0x1_0000).toString(16).padStart(4, '0')}`;
    const { services, upnp, asks } = product;
    return {
      mac,
      ip,
      host,
      product,
      announcement: services.length === 0 ? null : mdnsResponse(host, ip, product),
      notifications: upnp?.types.map((type) => ssdpNotify({ mac, ip }, upnp.server, type)) ?? [],
      query: asks.length === 0 ? null : mdnsQuery(asks),
    };
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  /** Looks for the gateway or a neighbour, which answers. */
  #arp(): void {
    const asking = this.#one(this.#devices);
    const asked = this.#below(3) > 0 ? GATEWAY : this.#one(this.#devices);
    if (asked === asking) return;
    writeArp(this.#out, asking, { mac: 0, ip: asked.ip });
    this.#wait(300);
    writeArp(this.#out, asked, asking);
  }

  #mdnsQuery(): void {
    const device = this.#one(this.#asking);
    writeDatagram(this.#out, device, MULTICAST_DNS, [5353, 5353], 255, device.query!);
  }

  #mdnsAnnouncement(): void {
    const device = this.#one(this.#announcing);
    writeDatagram(this.#out, device, MULTICAST_DNS, [5353, 5353], 255, device.announcement!);
  }

  #notify(): void {
    const device = this.#one(this.#notifying);
    const message = this.#one(device.notifications);
    writeDatagram(this.#out, device, SSDP_GROUP, [1900, 1900], 4, message);
  }

  /** A search, and the answers of two that have what is searched or anything. */
  #search(): void {
    const device = this.#one(this.#searching);
    const target = this.#one(device.product.searches);
    const port = 40_000 + this.#below(20_000);
    writeDatagram(this.#out, device, SSDP_GROUP, [port, 1900], 4, ssdpSearch(target));
    for (let i = 0; i < 2; i++) {
      const found = this.#one(this.#notifying);
      const { server, types } = found.product.upnp!;
      if (found === device || !(target === 'ssdp:all' || types.includes(target))) continue;
      this.#wait(200_000);
      const type = target === 'ssdp:all' ? this.#one(types) : target;
      writeDatagram(this.#out, found, device, [1900, port], 64, ssdpResponse(found, server, type));
    }
  }

  /** Renews a lease, or comes back to the network. */
  #dhcp(): void {
    const client = this.#one(this.#devices);
    const isRenewal = this.#below(5) > 0;
    const { host, product } = client;
    const told = { transaction: this.#below(0xffff_ffff), client, server: GATEWAY, isRenewal, host, product };
    const types = isRenewal ? [DHCP.request, DHCP.ack] : [DHCP.discover, DHCP.offer, DHCP.request, DHCP.ack];
    const nobody: Endpoint = { mac: client.mac, ip: 0 };
    types.forEach((type, i) => {
      const message = dhcpMessage({ ...told, type });
      if (i > 0) this.#wait(20_000);
      if (i % 2 === 1) writeDatagram(this.#out, GATEWAY, client, [67, 68], 64, message);
      else if (isRenewal) writeDatagram(this.#out, client, GATEWAY, [68, 67], 64, message);
      else writeDatagram(this.#out, nobody, EVERYBODY, [68, 67], 64, message);
    });
  }

  #ntp(): void {
    const device = this.#one(this.#devices);
    const server = behindGateway(device.product.timeServer);
    const port = this.#below(2) === 0 ? 123 : 32_768 + this.#below(28_000);
    for (const isAnswer of [false, true]) {
      if (isAnswer) this.#wait(40_000);
      const { micros } = this.#out;
      const message = ntpMessage(isAnswer, EPOCH_SECONDS + Math.floor(micros / 1e6), micros % 1e6);
      if (isAnswer) writeDatagram(this.#out, server, device, [123, port], 52, message);
      else writeDatagram(this.#out, device, server, [port, 123], device.product.ttl, message);
    }
  }

  #lookup(): void {
    const device = this.#one(this.#devices);
    const { clouds, timeServer, ttl } = device.product;
    const name = this.#below(4) === 0 ? timeServer : this.#one(clouds);
    const id = this.#below(0x1_0000);
    const port = 32_768 + this.#below(28_000);
    writeDatagram(this.#out, device, GATEWAY, [port, 53], ttl, dnsLookup(id, name, -1));
    this.#wait(9000);
    const answer = dnsLookup(id, name, behindGateway(name).ip);
    writeDatagram(this.#out, GATEWAY, device, [53, port], 64, answer);
  }

  #wait(most: number): void {
    this.#out.micros += 100 + this.#below(most);
  }
}

/** The one address of a name. */
function behindGateway(name: string): Endpoint {
  return { mac: GATEWAY.mac, ip: 0x0d000000 + (seedOf(name) & 0x3f_ffff) };
}
