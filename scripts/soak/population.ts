/**
 * Devices that come and go: each visit is a device with another address and another name than the last time, which asks
 * for its address, announces itself, looks names up, opens connections and leaves. The same frames for the same seed.
 */
import { FrameWriter, type Endpoint } from '../large-capture/frame-writer.ts';
import { clientHello, dnsMessage, mdnsAnnouncement } from '../large-capture/messages.ts';

const BROADCAST = 0xffff_ffff_ffff;
const MDNS_GROUP = { mac: 0x0100_5e00_00fb, ip: 0xe000_00fb };
const GATEWAY: Endpoint = { mac: 0x50c7_bf00_0001, ip: 0x0a00_0001 };
/** TP-Link, Raspberry Pi, Espressif, Apple, and locally administered as phones choose them. */
const PREFIXES = [0x50c7bf, 0xb827eb, 0x240ac4, 0xacbc32, 0x020000];
/**
 * What one device goes through: it comes back with another of its addresses and names, and talks to others of its
 * domains. So few that each has shown all of it after some minutes; with more, the lists of a device grow up to their
 * bounds for hours.
 */
const ADDRESSES = 3;
const NAMES = 3;
const DOMAINS = 6;
const CONNECTIONS = 2;
const FIN_ACK = 17;
const SYN = 2;
const SYN_ACK = 18;
const ACK = 16;
const PSH_ACK = 24;

export class Population {
  readonly writer = new FrameWriter();
  readonly #devices: number;
  #seed: number;
  #visits = 0;

  constructor(devices: number, seed = 1) {
    this.#devices = devices;
    this.#seed = seed;
  }

  /** The frames of one visit, as pcap records from the start of the writer's buffer. */
  visit(): void {
    const index = this.#visits++ % this.#devices;
    const mac = PREFIXES[index % PREFIXES.length]! * 0x100_0000 + 0x1_0000 + index;
    // 10.0.0.0/16: never one that somebody else has.
    const ip = 0x0a00_0100 + index * ADDRESSES + this.#draw(ADDRESSES);
    const host = `device-${index}-${this.#draw(NAMES)}`;
    const device = { mac, ip };
    this.writer.at = 0;
    this.#dhcpRequest(device, host);
    this.#arp(device);
    this.#udp(device, MDNS_GROUP, 5353, 5353, mdnsAnnouncement(host, ip));
    for (let i = 0; i < CONNECTIONS; i++) this.#connect(device, index + this.#draw(DOMAINS));
  }

  #connect(device: Endpoint, site: number): void {
    const port = 32_768 + this.#draw(28_000);
    const domain = `site-${site}.example`;
    const server = { mac: GATEWAY.mac, ip: 0xc633_6400 + (site % 200) };
    const id = this.#draw(0xffff);
    this.#udp(device, GATEWAY, port, 53, dnsMessage(id, domain, -1));
    this.#udp(GATEWAY, device, 53, port, dnsMessage(id, domain, server.ip));
    const seq = this.#draw(0x7fff_ffff);
    const hello = clientHello(domain);
    const [mine, theirs] = [seq + 1 + hello.length, 1001];
    this.#tcp(device, server, port, 443, seq, 0, SYN);
    this.#tcp(server, device, 443, port, 1000, seq + 1, SYN_ACK);
    this.#tcp(device, server, port, 443, seq + 1, theirs, PSH_ACK, hello);
    this.#tcp(server, device, 443, port, theirs, mine, ACK);
    this.#tcp(device, server, port, 443, mine, theirs, FIN_ACK);
    this.#tcp(server, device, 443, port, theirs, mine + 1, FIN_ACK);
    this.#tcp(device, server, port, 443, mine + 1, theirs + 1, ACK);
  }

  #tcp(
    from: Endpoint,
    to: Endpoint,
    srcPort: number,
    dstPort: number,
    seq: number,
    ack: number,
    flags: number,
    payload: Uint8Array = NOTHING,
  ): void {
    const { writer } = this;
    const at = writer.ethernet(to.mac, from.mac, 0x0800);
    const transport = writer.ipv4(
      at,
      from.ip,
      to.ip,
      6,
      64,
      (flags === SYN || flags === SYN_ACK ? 40 : 20) + payload.length,
    );
    const body = writer.tcp(transport, srcPort, dstPort, seq, ack, flags);
    writer.bytes.set(payload, body);
    writer.finish(body + payload.length, 0);
  }

  #udp(from: Endpoint, to: Endpoint, srcPort: number, dstPort: number, payload: Uint8Array): void {
    const { writer } = this;
    const at = writer.ethernet(to.mac, from.mac, 0x0800);
    const transport = writer.ipv4(at, from.ip, to.ip, 17, 64, 8 + payload.length);
    const body = writer.udp(transport, srcPort, dstPort, payload.length);
    writer.bytes.set(payload, body);
    writer.finish(body + payload.length, 0);
  }

  /** An announcement of one's own address. */
  #arp({ mac, ip }: Endpoint): void {
    const { writer } = this;
    const { view } = writer;
    const at = writer.ethernet(BROADCAST, mac, 0x0806);
    for (const [i, word] of [1, 0x0800, 0x0604, 1].entries()) view.setUint16(at + 2 * i, word);
    setMac(view, at + 8, mac);
    view.setUint32(at + 14, ip);
    setMac(view, at + 18, 0);
    view.setUint32(at + 24, ip);
    writer.finish(at + 28, 0);
  }

  #dhcpRequest({ mac, ip }: Endpoint, host: string): void {
    const { writer } = this;
    const message = new Uint8Array(240 + 3 + 6 + 2 + host.length + 6 + 1);
    const view = new DataView(message.buffer);
    message.set([1, 1, 6, 0]);
    view.setUint32(4, this.#draw(0x7fff_ffff));
    setMac(view, 28, mac);
    view.setUint32(236, 0x6382_5363);
    message.set([53, 1, 3, 50, 4], 240);
    view.setUint32(245, ip);
    message.set([12, host.length, ...Buffer.from(host), 55, 4, 1, 3, 6, 15, 255], 249);
    const at = writer.ethernet(BROADCAST, mac, 0x0800);
    const transport = writer.ipv4(at, 0, 0xffff_ffff, 17, 64, 8 + message.length);
    const body = writer.udp(transport, 68, 67, message.length);
    writer.bytes.set(message, body);
    writer.finish(body + message.length, 0);
  }

  /** Below `below`, by a linear congruence. */
  #draw(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 0x1_0000_0000) * below);
  }
}

const NOTHING = new Uint8Array(0);

function setMac(view: DataView, at: number, mac: number): void {
  view.setUint16(at, Math.floor(mac / 0x1_0000_0000));
  view.setUint32(at + 2, mac % 0x1_0000_0000);
}
