/** Scenes for detectors: timed frames, through the whole real pipeline, to findings. */
import assert from 'node:assert/strict';
import { openMemory } from '../../src/capture/memory.ts';
import { type DetectConfig, DEFAULT_DETECT_CONFIG } from '../../src/detect/config.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import { baselineOf } from '../../src/engine/baseline.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import type { Report, ReportFinding } from '../../src/report/schema.ts';
import {
  arp,
  be16,
  be32,
  bytesOf,
  ether,
  icmp,
  ipBytes,
  ipv4,
  macBytes,
  tcp,
  udp,
} from '../packet/build-frame.ts';

export interface Host {
  readonly mac: string;
  readonly ip: string;
}

export const ROUTER: Host = { mac: '50:c7:bf:00:00:01', ip: '192.168.1.1' };
export const LAPTOP: Host = { mac: '3c:a9:f4:00:00:02', ip: '192.168.1.20' };
export const CAMERA: Host = { mac: 'b0:c5:54:00:00:03', ip: '192.168.1.30' };
export const INTRUDER: Host = { mac: '00:0c:29:00:00:04', ip: '192.168.1.66' };
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';

const BASE_SECONDS = 1_700_000_000;
export const SYN = 2;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const ACK = 0x10;
const PSH_ACK = 0x18;
const FIN_ACK = 0x11;

/** A host elsewhere, reached through the router. */
export function remote(ip: string): Host {
  return { mac: ROUTER.mac, ip };
}

/** `192.168.1.n` with a MAC of its own. */
export function host(n: number): Host {
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  return { mac: `3c:a9:f4:01:${hex(n >>> 8)}:${hex(n & 255)}`, ip: `192.168.1.${n}` };
}

export class Scene {
  private readonly frames: { time: number; frame: Uint8Array; stamp?: number }[] = [];

  /** A frame at `time` seconds after the start. */
  at(time: number, frame: Uint8Array): this {
    this.frames.push({ time, frame });
    return this;
  }

  ip(time: number, from: Host, to: Host, protocol: number, payload: Uint8Array, ttl = 64): this {
    const away = from.mac === ROUTER.mac && from.ip !== ROUTER.ip;
    return this.at(
      time,
      ether(
        { src: from.mac, dst: to.mac },
        ipv4({ src: from.ip, dst: to.ip, protocol, ttl: away ? ttl - 9 : ttl }, payload),
      ),
    );
  }

  tcp(
    time: number,
    from: Host,
    to: Host,
    ports: readonly [number, number],
    flags: number,
    bytes = 0,
    seq = 1,
  ): this {
    return this.ip(time, from, to, 6, tcp({ ports, flags, seq }, new Uint8Array(bytes)));
  }

  /** A datagram that comes at `time` in the capture, with `stamp` as its time. */
  after(time: number, stamp: number, from: Host, to: Host): this {
    this.udp(time, from, to, [5000, 6000]);
    this.frames.at(-1)!.stamp = stamp;
    return this;
  }

  /** A SYN that nobody answers. */
  unanswered(time: number, from: Host, to: Host, port: number, fromPort = 40_000): this {
    return this.tcp(time, from, to, [fromPort, port], SYN);
  }

  /** A SYN that is refused. */
  refused(time: number, from: Host, to: Host, port: number, fromPort = 40_000): this {
    return this.tcp(time, from, to, [fromPort, port], SYN).tcp(
      time + 0.001,
      to,
      from,
      [port, fromPort],
      RST_ACK,
    );
  }

  /** A whole connection with `up` bytes to the server and `down` bytes back. */
  connection(time: number, from: Host, to: Host, port: number, fromPort: number, up = 300, down = 900): this {
    const there = [fromPort, port] as const;
    const back = [port, fromPort] as const;
    return this.tcp(time, from, to, there, SYN, 0, 0)
      .tcp(time + 0.001, to, from, back, SYN_ACK, 0, 0)
      .tcp(time + 0.002, from, to, there, ACK)
      .tcp(time + 0.003, from, to, there, PSH_ACK, up)
      .tcp(time + 0.004, to, from, back, PSH_ACK, down)
      .tcp(time + 0.005, from, to, there, FIN_ACK, 0, 1 + up)
      .tcp(time + 0.006, to, from, back, FIN_ACK, 0, 1 + down)
      .tcp(time + 0.007, from, to, there, ACK, 0, 2 + up);
  }

  /** A connection with one request of the client and a short answer. */
  request(
    time: number,
    from: Host,
    to: Host,
    port: number,
    payload: Uint8Array,
    answer: Uint8Array = new Uint8Array(50),
  ): this {
    const there = [40_000, port] as const;
    const back = [port, 40_000] as const;
    return this.tcp(time, from, to, there, SYN, 0, 0)
      .tcp(time + 0.001, to, from, back, SYN_ACK, 0, 0)
      .ip(time + 0.002, from, to, 6, tcp({ ports: there, flags: PSH_ACK }, payload))
      .ip(time + 0.003, to, from, 6, tcp({ ports: back, flags: PSH_ACK }, answer))
      .tcp(time + 0.004, from, to, there, FIN_ACK, 0, 1 + payload.length)
      .tcp(time + 0.005, to, from, back, FIN_ACK, 0, 1 + answer.length);
  }

  udp(
    time: number,
    from: Host,
    to: Host,
    ports: readonly [number, number],
    payload: Uint8Array | number = 20,
  ): this {
    const bytes = typeof payload === 'number' ? new Uint8Array(payload) : payload;
    return this.ip(time, from, to, 17, udp({ ports }, bytes));
  }

  echo(time: number, from: Host, to: Host, bytes = 56, ttl = 64, id = 1): this {
    return this.ip(time, from, to, 1, icmp(8, 0, bytesOf(be16(id), be16(1), new Uint8Array(bytes))), ttl);
  }

  echoReply(time: number, from: Host, to: Host, bytes = 56, id = 1): this {
    return this.ip(time, from, to, 1, icmp(0, 0, bytesOf(be16(id), be16(1), new Uint8Array(bytes))));
  }

  arpRequest(time: number, from: Host, targetIp: string): this {
    return this.at(
      time,
      ether(
        { src: from.mac, dst: BROADCAST, type: 0x0806 },
        arp({ senderMac: from.mac, senderIp: from.ip, targetIp }),
      ),
    );
  }

  /** `from` tells `to` that it has `ip`, or that `senderMac` has. */
  arpReply(time: number, from: Host, to: Host, ip = from.ip, senderMac = from.mac): this {
    return this.at(
      time,
      ether(
        { src: from.mac, dst: to.mac, type: 0x0806 },
        arp({ operation: 2, senderMac, senderIp: ip, targetMac: to.mac, targetIp: to.ip }),
      ),
    );
  }

  /** A request for an address and the answer to it: what proves addresses on a healthy network. */
  resolve(time: number, from: Host, to: Host): this {
    return this.arpRequest(time, from, to.ip).arpReply(time + 0.001, to, from);
  }

  /** A DHCP message of `server` to the client, or of the client when there is no server. */
  dhcp(time: number, fields: DhcpFields): this {
    const { client, server } = fields;
    const payload = dhcpMessage(fields);
    const frame =
      server === undefined
        ? ether(
            { src: fields.from ?? client, dst: BROADCAST },
            ipv4(
              { src: fields.relay ?? '0.0.0.0', dst: '255.255.255.255', protocol: 17 },
              udp({ ports: [68, 67] }, payload),
            ),
          )
        : ether(
            { src: server.mac, dst: client },
            ipv4(
              { src: server.ip, dst: fields.yourIp ?? '255.255.255.255', protocol: 17 },
              udp({ ports: [67, 68] }, payload),
            ),
          );
    return this.at(time, frame);
  }

  async report(detect: Partial<DetectConfig> = {}, batchSize?: number, before?: Report): Promise<Report> {
    const source = openMemory(this.pcap(), batchSize === undefined ? {} : { batchSize });
    const config = { ...DEFAULT_CONFIG, detect: { ...DEFAULT_DETECT_CONFIG, ...detect } };
    const baseline = before === undefined ? {} : { baseline: baselineOf(before) };
    return (await analyzeSource(source, { version: 'test', config, ...baseline })).report;
  }

  /** `before`: the report that says what is normal. */
  async findings(detect: Partial<DetectConfig> = {}, before?: Report): Promise<ReportFinding[]> {
    return (await this.report(detect, undefined, before)).findings;
  }

  /** The scene as a capture. */
  pcap(): Uint8Array {
    const frames = [...this.frames].sort((a, b) => a.time - b.time);
    const size = frames.reduce((sum, { frame }) => sum + 16 + frame.length, 24);
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, 262_144, true);
    view.setUint32(20, 1, true);
    let at = 24;
    for (const { time: order, frame, stamp } of frames) {
      const time = stamp ?? order;
      view.setUint32(at, BASE_SECONDS + Math.floor(time), true);
      view.setUint32(at + 4, Math.round((time % 1) * 1e6), true);
      view.setUint32(at + 8, frame.length, true);
      view.setUint32(at + 12, frame.length, true);
      bytes.set(frame, at + 16);
      at += 16 + frame.length;
    }
    return bytes;
  }
}

export interface DhcpFields {
  readonly client: string;
  /** Source of the client's frame, when it is not the client itself. */
  readonly from?: string;
  /** giaddr. */
  readonly relay?: string;
  /** 1 DISCOVER, 2 OFFER, 3 REQUEST, 5 ACK. */
  readonly type: number;
  readonly transaction?: number;
  readonly server?: Host;
  readonly yourIp?: string;
  readonly router?: string;
  readonly dns?: string;
  readonly hostName?: string;
  readonly vendorClass?: string;
  readonly parameters?: readonly number[];
}

function dhcpMessage(fields: DhcpFields): Uint8Array {
  const {
    client,
    type,
    transaction = 7,
    server,
    yourIp = '0.0.0.0',
    router,
    dns,
    hostName,
    vendorClass,
  } = fields;
  const text = (value: string): number[] => [...new TextEncoder().encode(value)];
  const option = (code: number, value: number[]): number[] => [code, value.length, ...value];
  const options = [
    ...option(53, [type]),
    ...(server === undefined
      ? []
      : [...option(54, ipBytes(server.ip)), ...option(1, ipBytes('255.255.255.0'))]),
    ...(router === undefined ? [] : option(3, ipBytes(router))),
    ...(dns === undefined ? [] : option(6, ipBytes(dns))),
    ...(hostName === undefined ? [] : option(12, text(hostName))),
    ...(vendorClass === undefined ? [] : option(60, text(vendorClass))),
    ...(fields.parameters === undefined ? [] : option(55, [...fields.parameters])),
    255,
  ];
  return bytesOf(
    [server === undefined ? 1 : 2, 1, 6, 0],
    be32(transaction),
    be32(0),
    ipBytes('0.0.0.0'),
    ipBytes(yourIp),
    ipBytes('0.0.0.0'),
    ipBytes(fields.relay ?? '0.0.0.0'),
    macBytes(client),
    new Uint8Array(10 + 64 + 128),
    [0x63, 0x82, 0x53, 0x63],
    options,
  );
}

/** The one finding of a rule. */
export function only(findings: readonly ReportFinding[], rule: string): ReportFinding {
  const found = findings.filter((finding) => finding.rule === rule);
  assert.equal(found.length, 1, `one finding of ${rule}, not ${JSON.stringify(found.map((f) => f.summary))}`);
  return found[0]!;
}

export function rulesAbove(findings: readonly ReportFinding[], ...ignored: string[]): string[] {
  return findings
    .filter((f) => f.severity !== 'info' && !ignored.includes(f.rule))
    .map((f) => `${f.severity} ${f.rule}`);
}
