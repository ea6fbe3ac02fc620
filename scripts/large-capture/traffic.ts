/** Who talks to whom in a synthetic capture, and how: a seeded model of a home network. */
import type { Endpoint, FrameWriter } from './frame-writer.ts';
import { clientHello, dnsMessage, httpRequest, mdnsAnnouncement } from './messages.ts';

export interface Kind {
  /** Out of 1000 steps, how many are of each sort; the rest continues a TCP connection. */
  readonly dns: number;
  readonly udp: number;
  readonly arp: number;
  readonly mdns: number;
  /** Data packets of a connection, from and to. */
  readonly segments: readonly [number, number];
  /** Out of 100 segments: how many are full, how many carry no data. */
  readonly full: number;
  readonly bare: number;
  /** Connections at a time. */
  readonly connections: number;
  /** Every step opens a connection that nobody answers, this many microseconds after the last. */
  readonly openEveryMicros?: number;
}

export const KINDS: Readonly<Record<string, Kind>> = {
  mixed: { dns: 8, udp: 60, arp: 5, mdns: 5, segments: [4, 400], full: 13, bare: 55, connections: 300 },
  small: { dns: 10, udp: 20, arp: 5, mdns: 2, segments: [4, 400], full: 0, bare: 95, connections: 300 },
  large: { dns: 2, udp: 5, arp: 1, mdns: 1, segments: [200, 4000], full: 95, bare: 4, connections: 100 },
  'short-flows': { dns: 5, udp: 5, arp: 2, mdns: 1, segments: [0, 0], full: 0, bare: 0, connections: 50 },
  'open-flows': {
    dns: 0,
    udp: 0,
    arp: 0,
    mdns: 0,
    segments: [0, 0],
    full: 0,
    bare: 0,
    connections: 1,
    openEveryMicros: 1,
  },
  dns: { dns: 985, udp: 5, arp: 5, mdns: 5, segments: [4, 40], full: 10, bare: 50, connections: 20 },
};

const EPOCH_SECONDS = 1_700_000_000;
const HOSTS = 40;
const SERVERS = 600;
const VENDOR_PREFIXES = [0xb827eb, 0x001788, 0x50c7bf, 0xec1a59, 0x3c0754, 0x00166c, 0xd8f15b, 0x18b430];
const GATEWAY: Endpoint = { mac: 0x1459c0_102030, ip: 0xc0a80101 };
const MULTICAST_DNS: Endpoint = { mac: 0x01005e_0000fb, ip: 0xe00000fb };
const NOISE_BYTES = 1 << 20;
const FULL_SEGMENT = 1460;
const SYN = 2;
const ACK = 16;
const PSH_ACK = 24;
const FIN_ACK = 17;

interface Connection {
  client: Endpoint;
  server: number;
  clientPort: number;
  serverPort: number;
  clientSeq: number;
  serverSeq: number;
  /** 0 SYN, 1 SYN-ACK, 2 ACK, 3 request, then data, and three packets that end it. */
  state: number;
  segmentsLeft: number;
  hello: Uint8Array;
}

export class Traffic {
  private readonly out: FrameWriter;
  private readonly kind: Kind;
  private readonly noise = new Uint8Array(NOISE_BYTES);
  private readonly hosts: Endpoint[] = [];
  private readonly connections: Connection[] = [];
  private opened = 0;
  private state: number;

  constructor(out: FrameWriter, kind: Kind, seed: number) {
    this.out = out;
    this.kind = kind;
    this.state = seed | 0;
    for (let i = 0; i < NOISE_BYTES; i++) this.noise[i] = this.random(256);
    for (let i = 0; i < HOSTS; i++) {
      const prefix = VENDOR_PREFIXES[i % VENDOR_PREFIXES.length]!;
      this.hosts.push({ mac: prefix * 0x100_0000 + this.random(0x100_0000), ip: 0xc0a80100 + 10 + i });
    }
    for (let i = 0; i < kind.connections; i++) this.connections.push(this.connect());
  }

  /** Writes one packet, or a question and its answer. */
  step(): void {
    const { kind } = this;
    if (kind.openEveryMicros !== undefined) return this.open(kind.openEveryMicros);
    this.out.micros += 20 + this.random(600);
    let dice = this.random(1000);
    if ((dice -= kind.dns) < 0) this.dns();
    else if ((dice -= kind.udp) < 0) this.udp();
    else if ((dice -= kind.arp) < 0) this.arp();
    else if ((dice -= kind.mdns) < 0) this.mdns();
    else this.tcp(this.random(this.connections.length));
  }

  /** A SYN of a tuple that never comes again, up to 2^30 of them. */
  private open(micros: number): void {
    this.out.micros += micros;
    const n = this.opened++;
    const c = this.connections[0]!;
    c.client = this.hosts[n % HOSTS]!;
    c.clientPort = 1024 + ((n >>> 6) % 64_000);
    c.server = 0x0d00_0000 + Math.floor(n / 4_096_000) * 64 + (n % 64);
    c.clientSeq = n;
    this.segment(c, true, SYN, EMPTY, 0);
  }

  /** A whole number below `below` (mulberry32). */
  private random(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  }

  private connect(): Connection {
    const [from, to] = this.kind.segments;
    const isTls = this.random(10) < 8;
    const name = `host${this.random(SERVERS)}.example.net`;
    return {
      client: this.hosts[this.random(HOSTS)]!,
      server: 0x0d000000 + this.random(SERVERS) * 257,
      clientPort: 32_768 + this.random(28_000),
      serverPort: to === 0 ? 1 + this.random(10_000) : isTls ? 443 : 80,
      clientSeq: this.random(0xffff_ffff),
      serverSeq: this.random(0xffff_ffff),
      state: 0,
      segmentsLeft: from + this.random(to - from + 1),
      hello: isTls ? clientHello(name) : httpRequest(name),
    };
  }

  private tcp(index: number): void {
    const c = this.connections[index]!;
    const closed = this.kind.segments[1] === 0;
    switch (c.state++) {
      case 0:
        this.segment(c, true, SYN, EMPTY, 0);
        c.clientSeq++;
        return;
      case 1:
        this.segment(c, false, closed ? 20 : SYN | ACK, EMPTY, 0);
        c.serverSeq++;
        if (closed) this.connections[index] = this.connect();
        return;
      case 2:
        this.segment(c, true, ACK, EMPTY, 0);
        return;
      case 3:
        this.segment(c, true, PSH_ACK, c.hello, c.hello.length);
        return;
    }
    if (c.segmentsLeft-- > 0) {
      const dice = this.random(100);
      const length =
        dice < this.kind.full
          ? FULL_SEGMENT
          : dice < this.kind.full + this.kind.bare
            ? 0
            : 60 + this.random(640);
      const fromClient = length === 0 ? this.random(10) < 8 : this.random(10) < 2;
      this.segment(c, fromClient, length > 0 ? PSH_ACK : ACK, this.noise, length);
      return;
    }
    this.segment(c, true, FIN_ACK, EMPTY, 0);
    c.clientSeq++;
    this.segment(c, false, FIN_ACK, EMPTY, 0);
    c.serverSeq++;
    this.segment(c, true, ACK, EMPTY, 0);
    this.connections[index] = this.connect();
  }

  private segment(
    c: Connection,
    fromClient: boolean,
    flags: number,
    payload: Uint8Array,
    length: number,
  ): void {
    const { out } = this;
    const header = (flags & SYN) !== 0 ? 40 : 20;
    let at = fromClient
      ? out.ethernet(GATEWAY.mac, c.client.mac, 0x0800)
      : out.ethernet(c.client.mac, GATEWAY.mac, 0x0800);
    at = fromClient
      ? out.ipv4(at, c.client.ip, c.server, 6, 64, header + length)
      : out.ipv4(at, c.server, c.client.ip, 6, 52, header + length);
    const ack = flags === SYN ? 0 : fromClient ? c.serverSeq : c.clientSeq;
    at = fromClient
      ? out.tcp(at, c.clientPort, c.serverPort, c.clientSeq >>> 0, ack >>> 0, flags)
      : out.tcp(at, c.serverPort, c.clientPort, c.serverSeq >>> 0, ack >>> 0, flags);
    this.payload(at, payload, length);
    if (fromClient) c.clientSeq += length;
    else c.serverSeq += length;
  }

  private datagram(
    from: Endpoint,
    to: Endpoint,
    ports: readonly [number, number],
    ttl: number,
    payload: Uint8Array,
    length: number,
  ): void {
    const { out } = this;
    let at = out.ethernet(to.mac, from.mac, 0x0800);
    at = out.ipv4(at, from.ip, to.ip, 17, ttl, length + 8);
    at = out.udp(at, ports[0], ports[1], length);
    this.payload(at, payload, length);
  }

  /** Copies `length` bytes of `payload` (anywhere from the noise) and ends the frame. */
  private payload(at: number, payload: Uint8Array, length: number): void {
    if (length > 0) {
      const from = payload === this.noise ? this.random(NOISE_BYTES - length) : 0;
      this.out.bytes.set(payload.subarray(from, from + length), at);
    }
    this.out.finish(at + length, EPOCH_SECONDS);
  }

  private dns(): void {
    const host = this.hosts[this.random(HOSTS)]!;
    const port = 32_768 + this.random(28_000);
    const name = `host${this.random(SERVERS)}.example.net`;
    const id = this.random(0x10000);
    const query = dnsMessage(id, name, -1);
    this.datagram(host, GATEWAY, [port, 53], 64, query, query.length);
    this.out.micros += 500 + this.random(9000);
    const answer = dnsMessage(id, name, 0x0d000000 + this.random(SERVERS) * 257);
    this.datagram(GATEWAY, host, [53, port], 64, answer, answer.length);
  }

  private udp(): void {
    const index = this.random(HOSTS);
    const host = this.hosts[index]!;
    const server: Endpoint = { mac: GATEWAY.mac, ip: 0x0e000000 + index };
    const length = 40 + this.random(700);
    if (this.random(2) === 0) this.datagram(host, server, [50_000 + index, 443], 64, this.noise, length);
    else this.datagram(server, host, [443, 50_000 + index], 50, this.noise, length);
  }

  private arp(): void {
    const { out } = this;
    const host = this.hosts[this.random(HOSTS)]!;
    const at = out.ethernet(0xffff_ffff_ffff, host.mac, 0x0806);
    const { view } = out;
    view.setUint32(at, 0x00010800);
    view.setUint32(at + 4, 0x06040001);
    view.setUint16(at + 8, Math.floor(host.mac / 0x1_0000_0000));
    view.setUint32(at + 10, host.mac % 0x1_0000_0000);
    view.setUint32(at + 14, host.ip);
    view.setUint16(at + 18, 0);
    view.setUint32(at + 20, 0);
    view.setUint32(at + 24, GATEWAY.ip);
    out.finish(at + 28, EPOCH_SECONDS);
  }

  private mdns(): void {
    const index = this.random(HOSTS);
    const host = this.hosts[index]!;
    const message = mdnsAnnouncement(`device-${index}`, host.ip);
    this.datagram(host, MULTICAST_DNS, [5353, 5353], 255, message, message.length);
  }
}

const EMPTY = new Uint8Array(0);
