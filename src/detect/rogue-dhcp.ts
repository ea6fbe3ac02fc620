/**
 * rogue-dhcp (ATT&CK T1557.003): a second DHCP server on a link hands out another router or name server than the
 * first.
 *
 * Judged by what servers say, because several servers are ordinary: a failover pair says the same; servers of
 * different subnets that never answer the same request are on different links (both inform at most).
 * State: `MAX_SERVERS` servers, `MAX_OPEN` open requests.
 */
import { formatIpv4, formatMac } from '../bytes/address.ts';
import { compareText } from '../bytes/order.ts';
import { toSeconds } from '../bytes/time.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Dhcpv4Observation } from '../protocol/dhcpv4.ts';
import type { Observation } from '../protocol/observation.ts';
import { type Actor, addressActor, deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { Episode, Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_SERVERS = 64;
const MAX_OPEN = 4096;
const OFFER = 2;
const ACK = 5;

class Server {
  readonly key: string;
  readonly address: number;
  readonly actor: Actor;
  readonly episode: Episode;
  /** Of its last offer or acknowledgement. */
  subnet = 0;
  mask = 0;
  routers = '';
  dnsServers = '';
  readonly clients = new Samples();
  /** Servers that answered a request which this one answered too. */
  readonly beside = new Set<Server>();

  constructor(key: string, address: number, actor: Actor, at: MessageContext) {
    this.key = key;
    this.address = address;
    this.actor = actor;
    this.episode = new Episode(at.seconds, at.nanos);
  }
}

export function rogueDhcp(
  config: RuleConfig<'rogue-dhcp'>,
  view: DetectorView,
  trusted: readonly string[],
): Detector {
  /** In the order in which they were first heard. */
  const servers = new Map<string, Server>();
  /** Client and transaction → who answered, and when first. */
  const open = new BoundedMap<string, { time: number; servers: Server[] }>(MAX_OPEN);

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dhcp' || observation.op !== 2) return;
    if (observation.messageType !== OFFER && observation.messageType !== ACK) return;
    if (observation.yourIp === 0) return;
    const server = serverOf(observation, at);
    if (server === undefined) return;
    server.episode.add(at.seconds, at.nanos, at.packet);
    server.mask = observation.subnetMask !== 0 ? observation.subnetMask : 0xffff_ff00;
    server.subnet = (observation.yourIp & server.mask) >>> 0;
    server.routers = observation.routers.map(formatIpv4).sort(compareText).join(' ');
    server.dnsServers = observation.dnsServers.map(formatIpv4).sort(compareText).join(' ');
    server.clients.add(formatMac(observation.clientMac));
    const now = toSeconds(at.seconds, at.nanos);
    const request = open.use(`${observation.clientMac} ${observation.transactionId}`, () => ({
      time: now,
      servers: [],
    }));
    if (now - request.time > config.answerSeconds) return;
    for (const other of request.servers) {
      if (other === server) continue;
      other.beside.add(server);
      server.beside.add(other);
    }
    if (!request.servers.includes(server) && request.servers.length < 8) request.servers.push(server);
  }

  function serverOf(dhcp: Dhcpv4Observation, at: MessageContext): Server | undefined {
    const { batch, index } = at;
    const address = dhcp.serverIdentifier !== 0 ? dhcp.serverIdentifier : batch.srcIp[index * 4 + 3]!;
    // Behind a relay the frame's MAC is the relay's: the server is its identifier alone.
    const relayed = dhcp.relayIp !== 0;
    const key = `${formatIpv4(address)}${relayed ? '' : ` ${batch.srcMac[index]!}`}`;
    const known = servers.get(key);
    if (known !== undefined || servers.size >= MAX_SERVERS) return known;
    const device = relayed ? -1 : view.devices.senderOf(batch, index);
    const actor = device >= 0 ? deviceActor(view, device) : addressActor(formatIpv4(address));
    const server = new Server(key, address, actor, at);
    servers.set(key, server);
    return server;
  }

  function isTrusted(server: Server): boolean {
    return trusted.includes(server.actor.label) || trusted.includes(formatIpv4(server.address));
  }

  /** What `server` says is not what `other` says, on the same link. */
  function judge(server: Server, other: Server): 'rogue' | 'pair' | 'apart' {
    const sameSubnet = (server.subnet & other.mask) >>> 0 === other.subnet;
    if (!sameSubnet && !server.beside.has(other)) return 'apart';
    return server.routers === other.routers && server.dnsServers === other.dnsServers && sameSubnet
      ? 'pair'
      : 'rogue';
  }

  /** The one that belongs here: named so, else the one that forwards, else the one heard first. */
  function incumbent(all: readonly Server[]): Server {
    return (
      all.find(isTrusted) ??
      all.find(({ actor }) => actor.device >= 0 && view.devices.addresses.forwards(actor.device)) ??
      all[0]!
    );
  }

  return {
    id: 'rogue-dhcp',
    kinds: ['dhcp'],
    observe,
    findings(): Finding[] {
      const all = [...servers.values()];
      if (all.length === 0 || (all.length < 2 && trusted.length === 0)) return [];
      const rightful = incumbent(all);
      return all
        .filter((server) => server !== rightful && !isTrusted(server))
        .map((server) => {
          const verdict = judge(server, rightful);
          const together = server.beside.has(rightful);
          const rogue = verdict === 'rogue';
          return findingOf(server.episode, {
            rule: 'rogue-dhcp',
            severity: rogue ? (together ? 'high' : 'medium') : 'info',
            confidence: rogue ? (together ? 0.9 : 0.7) : 0.5,
            actor: server.actor,
            peer: rightful.actor.label,
            summary: rogue
              ? `${server.actor.label} answers DHCP beside ${rightful.actor.label} with another router or name server`
              : verdict === 'pair'
                ? `${server.actor.label} and ${rightful.actor.label} serve the same subnet with the same answers`
                : `${server.actor.label} serves another subnet than ${rightful.actor.label}`,
            evidence: {
              server: formatIpv4(server.address),
              subnet: formatIpv4(server.subnet),
              routers: server.routers,
              dnsServers: server.dnsServers,
              clients: server.clients.list(),
              otherServer: formatIpv4(rightful.address),
              otherSubnet: formatIpv4(rightful.subnet),
              otherRouters: rightful.routers,
              otherDnsServers: rightful.dnsServers,
              sameRequests: together ? 'yes' : 'no',
            },
            technique: rogue ? 'T1557.003' : '',
          });
        });
    },
  };
}
