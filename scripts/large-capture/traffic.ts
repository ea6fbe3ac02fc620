/** Who talks to whom in a synthetic capture, and how: a seeded model of a home network. */
import type { Endpoint, FrameWriter } from './frame-writer.ts';
import { EPOCH_SECONDS, writeArp, writeDatagram } from './frames.ts';
import { clientHello, dnsMessage, httpRequest, mdnsAnnouncement } from './messages.ts';
import { Random } from './random.ts';
import { type Flight, tlsDialogue } from './tls-dialogue.ts';

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
  /** TLS connections have their whole handshake, and records around the data; otherwise the ClientHello alone. */
  readonly wholeHandshakes?: boolean;
  /** Every step opens a connection that nobody answers, this many microseconds after the last. */
  readonly openEveryMicros?: number;
}

export const TRAFFIC_KINDS: Readonly<Record<string, Kind>> = {
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
  tls: {
    dns: 20,
    udp: 10,
    arp: 2,
    mdns: 1,
    segments: [4, 40],
    full: 6,
    bare: 50,
    connections: 400,
    wholeHandshakes: true,
  },
  dns: { dns: 985, udp: 5, arp: 5, mdns: 5, segments: [4, 40], full: 10, bare: 50, connections: 20 },
};

const HOSTS = 40;
const SERVERS = 600;
const VENDOR_PREFIXES = [0xb827eb, 0x001788, 0x50c7bf, 0xec1a59, 0x3c0754, 0x00166c, 0xd8f15b, 0x18b430];
export const GATEWAY: Endpoint = { mac: 0x1459c0_102030, ip: 0xc0a80101 };
export const MULTICAST_DNS: Endpoint = { mac: 0x01005e_0000fb, ip: 0xe00000fb };
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
  /** 0 SYN, 1 SYN-ACK, 2 ACK, 3 what opens the dialogue, then data, and three packets that end it. */
  state: number;
  segmentsLeft: number;
  readonly opening: readonly Flight[];
  /** Of `opening`: the flight that is under way, and how much of it was sent. */
  flight: number;
  sent: number;
  readonly hasRecords: boolean;
}

export class Traffic {
  private readonly out: FrameWriter;
  private readonly kind: Kind;
  private readonly noise = new Uint8Array(NOISE_BYTES);
  private readonly hosts: readonly Endpoint[];
  private readonly connections: Connection[] = [];
  private readonly draws: Random;
  private opened = 0;

  /** `hosts`: who lives here; forty of some makers when absent. */
  constructor(out: FrameWriter, kind: Kind, seed: number, hosts?: readonly Endpoint[]) {
    this.out = out;
    this.kind = kind;
    this.draws = new Random(seed);
    for (let i = 0; i < NOISE_BYTES; i++) this.noise[i] = this.random(256);
    this.hosts = hosts ?? this.someHosts();
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

  private someHosts(): Endpoint[] {
    return Array.from({ length: HOSTS }, (_, i) => {
      const prefix = VENDOR_PREFIXES[i % VENDOR_PREFIXES.length]!;
      return { mac: prefix * 0x100_0000 + this.random(0x100_0000), ip: 0xc0a80100 + 10 + i };
    });
  }

  private random(below: number): number {
    return this.draws.below(below);
  }

  private connect(): Connection {
    const [from, to] = this.kind.segments;
    const isTls = this.random(10) < 8;
    const name = `host${this.random(SERVERS)}.example.net`;
    return {
      client: this.hosts[this.random(this.hosts.length)]!,
      server: 0x0d000000 + this.random(SERVERS) * 257,
      clientPort: 32_768 + this.random(28_000),
      serverPort: to === 0 ? 1 + this.random(10_000) : isTls ? 443 : 80,
      clientSeq: this.random(0xffff_ffff),
      serverSeq: this.random(0xffff_ffff),
      state: 0,
      segmentsLeft: from + this.random(to - from + 1),
      opening: !isTls
        ? alone(httpRequest(name))
        : this.kind.wholeHandshakes === true
          ? tlsDialogue(name, this.random(10) >> 2)
          : alone(clientHello(name)),
      flight: 0,
      sent: 0,
      hasRecords: isTls && this.kind.wholeHandshakes === true,
    };
  }

  private tcp(index: number): void {
    const c = this.connections[index]!;
    const closed = this.kind.segments[1] === 0;
    switch (c.state) {
      case 0:
        c.state++;
        this.segment(c, true, SYN, EMPTY, 0);
        c.clientSeq++;
        return;
      case 1:
        c.state++;
        this.segment(c, false, closed ? 20 : SYN | ACK, EMPTY, 0);
        c.serverSeq++;
        if (closed) this.connections[index] = this.connect();
        return;
      case 2:
        c.state++;
        this.segment(c, true, ACK, EMPTY, 0);
        return;
    }
    const flight = c.opening[c.flight];
    if (flight !== undefined) return this.opening(c, flight);
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
      if (length > 0 && c.hasRecords) this.patch(length, recordHeader(length - 5));
      return;
    }
    this.segment(c, true, FIN_ACK, EMPTY, 0);
    c.clientSeq++;
    this.segment(c, false, FIN_ACK, EMPTY, 0);
    c.serverSeq++;
    this.segment(c, true, ACK, EMPTY, 0);
    this.connections[index] = this.connect();
  }

  /** The next segment of a flight. */
  private opening(c: Connection, { fromClient, bytes, randomAt }: Flight): void {
    const length = Math.min(FULL_SEGMENT, bytes.length - c.sent);
    const isFirst = c.sent === 0;
    this.segment(c, fromClient, PSH_ACK, isFirst ? bytes : bytes.subarray(c.sent), length);
    if (isFirst && randomAt >= 0) {
      const from = this.random(NOISE_BYTES - 32);
      this.patch(length - randomAt, this.noise.subarray(from, from + 32));
    }
    c.sent += length;
    if (c.sent < bytes.length) return;
    c.sent = 0;
    c.flight++;
  }

  /** Overwrites octets of the frame that was written last, `beforeEnd` before its end. */
  private patch(beforeEnd: number, octets: ArrayLike<number>): void {
    this.out.bytes.set(octets, this.out.at - beforeEnd);
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

  /** Copies `length` bytes of `payload` (anywhere from the noise) and ends the frame. */
  private payload(at: number, payload: Uint8Array, length: number): void {
    if (length > 0) {
      const from = payload === this.noise ? this.random(NOISE_BYTES - length) : 0;
      this.out.bytes.set(payload.subarray(from, from + length), at);
    }
    this.out.finish(at + length, EPOCH_SECONDS);
  }

  private dns(): void {
    const host = this.hosts[this.random(this.hosts.length)]!;
    const port = 32_768 + this.random(28_000);
    const name = `host${this.random(SERVERS)}.example.net`;
    const id = this.random(0x10000);
    writeDatagram(this.out, host, GATEWAY, [port, 53], 64, dnsMessage(id, name, -1));
    this.out.micros += 500 + this.random(9000);
    const answer = dnsMessage(id, name, 0x0d000000 + this.random(SERVERS) * 257);
    writeDatagram(this.out, GATEWAY, host, [53, port], 64, answer);
  }

  private udp(): void {
    const index = this.random(this.hosts.length);
    const host = this.hosts[index]!;
    const server: Endpoint = { mac: GATEWAY.mac, ip: 0x0e000000 + index };
    const length = 40 + this.random(700);
    const isOut = this.random(2) === 0;
    const from = this.random(NOISE_BYTES - length);
    if (isOut) {
      writeDatagram(this.out, host, server, [50_000 + index, 443], 64, this.noise, length, from);
    } else {
      writeDatagram(this.out, server, host, [443, 50_000 + index], 50, this.noise, length, from);
    }
  }

  private arp(): void {
    const host = this.hosts[this.random(this.hosts.length)]!;
    writeArp(this.out, host, { mac: 0, ip: GATEWAY.ip });
  }

  private mdns(): void {
    const index = this.random(this.hosts.length);
    const host = this.hosts[index]!;
    const message = mdnsAnnouncement(`device-${index}`, host.ip);
    writeDatagram(this.out, host, MULTICAST_DNS, [5353, 5353], 255, message);
  }
}

const EMPTY = new Uint8Array(0);

/** What a client says first, when nothing is told of the answer. */
function alone(bytes: Uint8Array): readonly Flight[] {
  return [{ fromClient: true, bytes, randomAt: -1 }];
}

/** Of TLS application data. */
function recordHeader(length: number): readonly number[] {
  return [23, 3, 3, length >>> 8, length & 255];
}
