/**
 * What each endpoint of a network exchanged with whom, from flows that ended. An exchange is all flows of one device
 * that differ in nothing but their time and their ephemeral port.
 */
import { type Mac, NO_MAC, formatIpAt, formatMac, isGroupIp, isGroupMac } from '../bytes/address.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import type { Flows } from '../flow/flows.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { DnsObservation } from '../protocol/dns.ts';
import type { Observation } from '../protocol/observation.ts';
import type { PacketTime } from '../detect/finding.ts';

export const LIMIT = {
  /** Exchanges kept, of all devices. */
  exchanges: 200_000,
  /** Names of addresses kept, of all devices. */
  names: 100_000,
  /** Flows with a server name that have not ended. */
  openNames: 100_000,
  packets: 10,
} as const;

export interface Exchange {
  /** MAC text of the device, or `ip:<address>` where the link has no addresses. */
  readonly device: string;
  readonly local: string;
  readonly remote: string;
  readonly ipVersion: 4 | 6;
  readonly protocol: number;
  /** True when the device sent the first packet. */
  readonly fromDevice: boolean;
  /** Ports for TCP and UDP; 0 for others. The ephemeral one is that of the first flow. */
  readonly localPort: number;
  readonly remotePort: number;
  /** ICMP type of the first packet, and that of the answer; -1 for other protocols. */
  readonly icmpType: number;
  readonly icmpAnswer: number;
  /** Name by which the device looked the remote address up, or that it named to it; '' when unknown. */
  readonly name: string;
  flows: number;
  /** Flows in which the other side sent something too (for TCP: more than a refusal). */
  answered: number;
  bytesOut: number;
  bytesIn: number;
  first: PacketTime;
  last: PacketTime;
  /** First packets of the first flows. */
  readonly packets: number[];
}

/** An output of an analysis that keeps exchanges. Bounded; `omitted` flows found no room. */
export class ExchangeLog {
  readonly #exchanges = new Map<string, Exchange>();
  /** Device → address → name that was looked up. */
  readonly #names = new Map<string, Map<string, string>>();
  #nameCount = 0;
  /** Flow slot → name that the client told the server. */
  readonly #told = new Map<number, string>();
  /** `client|server|port` of TCP connections whose opening was seen. */
  readonly #opened = new Set<string>();
  /** Servers of names and times that DHCP gave to a device. */
  readonly #assigned = new Map<string, Set<string>>();
  omitted = 0;

  observe(observation: Observation, at: MessageContext): void {
    switch (observation.kind) {
      case 'dns':
        if (observation.protocol === 'dns' && observation.isResponse) this.#learnNames(observation, at);
        break;
      case 'tls-client-hello':
        this.#tell(at.flow, observation.serverName);
        break;
      case 'http-request':
        this.#tell(at.flow, observation.host);
        break;
      case 'dhcp':
        if (observation.op === 2 && observation.clientMac !== NO_MAC) {
          const servers = [...observation.dnsServers, ...observation.ntpServers];
          this.#assign(formatMac(observation.clientMac), servers);
        }
        break;
      default:
    }
  }

  flowEnd(slot: number, flows: Flows): void {
    const told = this.#told.get(slot) ?? '';
    if (told !== '') this.#told.delete(slot);
    const at = slot * 4;
    const orig = formatIpAt(flows.origIp, at);
    const resp = formatIpAt(flows.respIp, at);
    const answered = wasAnswered(flows, slot);
    const { origMac, respMac, respIp } = flows;
    const isReversed = this.#isReversed(flows, slot, orig, resp);
    this.#count(flows, slot, endpoint(origMac[slot]!, orig), orig, resp, isReversed, answered, told);
    const isGroup = isGroupIp(respIp[at]!, respIp[at + 1]!, respIp[at + 2]!, respIp[at + 3]!);
    if (!isGroup && !isGroupMac(respMac[slot]!)) {
      this.#count(flows, slot, endpoint(respMac[slot]!, resp), resp, orig, isReversed, answered, '');
    }
  }

  /**
   * True when the responder must have opened the TCP connection: the flow is what is left of one whose opening is not
   * in it, and the originator's port is one on which it is known to serve, or a well-known one.
   */
  #isReversed(flows: Flows, slot: number, orig: string, resp: string): boolean {
    if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp) return false;
    const origPort = flows.origPort[slot]!;
    const respPort = flows.respPort[slot]!;
    if (((flows.origTcpFlags[slot]! | flows.respTcpFlags[slot]!) & TCP_FLAG.syn) !== 0) {
      if (this.#opened.size < LIMIT.exchanges) this.#opened.add(`${orig}|${resp}|${respPort}`);
      return false;
    }
    if (this.#opened.has(`${orig}|${resp}|${respPort}`)) return false;
    return this.#opened.has(`${resp}|${orig}|${origPort}`) || (origPort < 1024 && respPort >= 1024);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** Those of one device under its own addresses (what it forwards for others is not its own), oldest first. */
  of(device: string, addresses: ReadonlySet<string>): Exchange[] {
    return [...this.#exchanges.values()].filter(
      (exchange) => exchange.device === device && addresses.has(exchange.local),
    );
  }

  /** True when DHCP told the device to use the server. */
  wasAssigned(device: string, server: string): boolean {
    return this.#assigned.get(device)?.has(server) ?? false;
  }

  #count(
    flows: Flows,
    slot: number,
    device: string,
    local: string,
    remote: string,
    isReversed: boolean,
    answered: boolean,
    told: string,
  ): void {
    const isOriginator = local === formatIpAt(flows.origIp, slot * 4);
    const fromDevice = isOriginator !== isReversed;
    const protocol = flows.ipProtocol[slot]!;
    const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp;
    const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
    const origPort = flows.origPort[slot]!;
    const respPort = flows.respPort[slot]!;
    const service = hasPorts || isIcmp ? (isReversed ? origPort : respPort) : 0;
    const client = isReversed ? respPort : origPort;
    // A source port that was chosen on purpose is part of what the device does.
    const chosen = isIcmp || (hasPorts && (client < 1024 || client === service)) ? client : 0;
    // One address may serve many names.
    const name = this.#names.get(device)?.get(remote) ?? told;
    const key = `${device}|${local}|${remote}|${protocol}|${fromDevice ? 1 : 0}|${service}|${chosen}|${name}`;
    let exchange = this.#exchanges.get(key);
    const first = { seconds: flows.firstSeconds[slot]!, nanos: flows.firstNanos[slot]! };
    const last = { seconds: flows.lastSeconds[slot]!, nanos: flows.lastNanos[slot]! };
    if (exchange === undefined) {
      if (this.#exchanges.size >= LIMIT.exchanges) {
        this.omitted++;
        return;
      }
      exchange = {
        device,
        local,
        remote,
        ipVersion: local.includes(':') ? 6 : 4,
        protocol,
        fromDevice,
        localPort: hasPorts ? (fromDevice ? client : service) : 0,
        remotePort: hasPorts ? (fromDevice ? service : client) : 0,
        icmpType: isIcmp ? origPort : -1,
        icmpAnswer: isIcmp ? respPort : -1,
        name,
        flows: 0,
        answered: 0,
        bytesOut: 0,
        bytesIn: 0,
        first,
        last,
        packets: [],
      };
      this.#exchanges.set(key, exchange);
    }
    const sent = flows.origIpBytes[slot]!;
    const received = flows.respIpBytes[slot]!;
    exchange.flows++;
    if (answered) exchange.answered++;
    exchange.bytesOut += isOriginator ? sent : received;
    exchange.bytesIn += isOriginator ? received : sent;
    if (isBefore(first, exchange.first)) exchange.first = first;
    if (isBefore(exchange.last, last)) exchange.last = last;
    if (exchange.packets.length < LIMIT.packets) exchange.packets.push(flows.firstPacket[slot]!);
  }

  #learnNames({ questions, records }: DnsObservation, { batch, index }: MessageContext): void {
    const name = questions[0]?.name.toLowerCase() ?? '';
    if (name === '') return;
    const device = endpoint(batch.dstMac[index]!, formatIpAt(batch.dstIp, index * 4));
    let names = this.#names.get(device);
    for (const { section, type, value } of records) {
      const isAddress = type === 1 || type === 28;
      if (section !== 'answer' || !isAddress || this.#nameCount >= LIMIT.names) continue;
      if (names === undefined) this.#names.set(device, (names = new Map<string, string>()));
      if (!names.has(value)) this.#nameCount++;
      names.set(value, name);
    }
  }

  #tell(slot: number, serverName: string): void {
    const name = serverName.replace(/:\d+$/, '').toLowerCase();
    if (slot < 0 || !isDomainName(name) || this.#told.size >= LIMIT.openNames) return;
    if (!this.#told.has(slot)) this.#told.set(slot, name);
  }

  #assign(device: string, servers: readonly number[]): void {
    let assigned = this.#assigned.get(device);
    if (assigned === undefined) {
      if (this.#assigned.size >= LIMIT.names) return;
      this.#assigned.set(device, (assigned = new Set<string>()));
    }
    for (const server of servers) {
      if (assigned.size < 32) assigned.add(formatIpAt(new Uint32Array([0, 0, 0xffff, server]), 0));
    }
  }
}

/** Device id as in the report. */
function endpoint(mac: Mac, address: string): string {
  return mac === NO_MAC ? `ip:${address}` : formatMac(mac);
}

function isBefore(a: PacketTime, b: PacketTime): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

/** The responder agreed to talk: a refused or unanswered TCP attempt is none. */
function wasAnswered(flows: Flows, slot: number): boolean {
  if (flows.respPackets[slot]! === 0) return false;
  if (flows.ipProtocol[slot] !== IP_PROTOCOL.tcp) return true;
  const state = flows.connState(slot);
  return state !== 'REJ' && state !== 'RSTOS0' && state !== 'RSTRH';
}

const SCRATCH = new Uint32Array(4);

/** Host names only: an address says nothing more than the flow does. */
export function isDomainName(text: string): boolean {
  return (
    /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/.test(text) &&
    !parseIp(text, SCRATCH)
  );
}
