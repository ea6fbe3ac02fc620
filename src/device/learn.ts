import { NO_MAC } from '../bytes/address.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import type { Evidence } from '../fingerprint/evidence.ts';
import { Claims, collectFingerprint, collectInto, type FingerprintKind } from '../fingerprint/collect.ts';
import { SynFingerprints } from '../fingerprint/tcp-syn.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { ISSUE } from '../packet/issue.ts';
import { LAYER } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { ArpObservation } from '../protocol/arp.ts';
import type { Dhcpv4Observation } from '../protocol/dhcpv4.ts';
import type { NeighborObservation, RouterAdvertisementObservation } from '../protocol/neighbor-discovery.ts';
import type { Observation } from '../protocol/observation.ts';
import type { SsdpObservation } from '../protocol/ssdp.ts';
import { CLAIM } from './address-book.ts';
import { Heard } from './heard.ts';
import { keepEvidence, keepFingerprint, keepName, keepService } from './keep.ts';
import { learnApplication } from './learn-application.ts';
import { learnDns } from './learn-dns.ts';
import { maskLength } from './on-link.ts';
import type { DeviceRegistry } from './registry.ts';
import { ResolvedNames } from './resolved-names.ts';

/** Addresses that DHCP named as routers, remembered to find the gateways at the end. */
const MAX_NAMED_ROUTERS = 64;
const DHCP = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;
/** Search targets that name a kind of thing, rather than one thing (`uuid:`) or everything (`ssdp:all`). */
const SSDP_TYPE = /^(?:upnp:|urn:)/;

/** Applies messages to the devices that they are about: whose address, name, service, domain, role it is. */
export class Learner {
  readonly registry: DeviceRegistry;
  readonly resolved = new ResolvedNames();
  /** IPv4 words. */
  readonly namedRouters = new Set<number>();
  readonly heard = new Heard();
  /** Devices that announced themselves over mDNS or LLMNR. */
  readonly announcers = new Set<number>();
  /** Things that found no room in a bounded list. */
  losses = 0;
  private readonly syns = new SynFingerprints();
  private readonly words = new Uint32Array(4);
  private readonly claims: Claims;
  /** Whom `claims` are about, and by which packet. */
  private about = -1;
  private packet = 0;

  constructor(registry: DeviceRegistry) {
    this.registry = registry;
    const keep = (evidence: Evidence): void =>
      this.count(keepEvidence(registry.devices[this.about]!, evidence));
    this.claims = new Claims(keep, registry.knowledge);
  }

  observe(observation: Observation, context: MessageContext): void {
    switch (observation.kind) {
      case 'arp':
        this.arp(observation, context);
        return;
      case 'dhcp':
        if (observation.op === 2) this.dhcpServer(observation, context);
        else this.dhcpClient(observation, context);
        return;
      case 'dns':
        learnDns(this, observation, context);
        return;
      case 'neighbor':
        this.neighbor(observation, context);
        return;
      case 'router-advertisement':
        this.routerAdvertisement(observation, context);
        return;
      case 'ssdp':
        this.ssdp(observation, context);
        break;
      default:
        learnApplication(this, observation, context);
        break;
    }
    const sender = this.senderOf(context);
    if (sender >= 0 && !this.isPassedOn(sender, context)) this.evidence(sender, observation, context);
  }

  /** Keeps what a message says about who a device is. */
  evidence(device: number, observation: Observation, context: MessageContext): void {
    if (device >= 0) collectInto(observation, this.claimsOf(device, context));
  }

  /** Evidence of a fingerprint. */
  evidenceOf(device: number, kind: FingerprintKind, print: string, context: MessageContext): void {
    collectFingerprint(kind, print, this.claimsOf(device, context));
  }

  /** One object for all messages; valid until it is asked for again. */
  private claimsOf(device: number, { packet }: MessageContext): Claims {
    this.about = device;
    this.packet = packet;
    return this.claims;
  }

  /** The message came from beyond the sender of its packet: a router speaks for nobody but itself. */
  isPassedOn(sender: number, { batch, index }: MessageContext): boolean {
    if ((batch.layers[index]! & (LAYER.ipv4 | LAYER.ipv6)) === 0) return false;
    return !this.registry.addresses.isOwn(sender, batch.srcIp, index * 4);
  }

  /** A connection attempt: its TCP header shows the stack that made it. */
  syn(device: number, batch: PacketBatch, i: number): void {
    const signature = this.syns.signature(batch, i);
    if (signature === '') return;
    this.about = device;
    this.packet = batch.packetNumber(i);
    this.count(keepFingerprint(this.registry.devices[device]!, 'tcp-syn', signature));
    collectFingerprint('tcp.syn', signature, this.claims);
  }

  /** Counts what a bounded list had no room for. */
  bound(kept: boolean, context: MessageContext): void {
    this.packet = context.packet;
    this.count(kept);
  }

  private count(kept: boolean): void {
    if (kept) return;
    this.losses++;
    this.registry.issues.add(ISSUE['device/list-limit'], this.packet);
  }

  senderOf(context: MessageContext): number {
    return this.registry.senderOf(context.batch, context.index);
  }

  claimText(device: number, address: string, how: number, context: MessageContext): void {
    if (parseIp(address, this.words)) this.claimWords(device, this.words, 0, how, context);
  }

  claimIpv4(device: number, word: number, how: number, context: MessageContext): void {
    if (word === 0 || device < 0) return;
    const { addresses } = this.registry;
    const overflow = addresses.overflow;
    addresses.claim(device, 0, 0, 0xffff, word, how, context.seconds);
    this.bound(addresses.overflow === overflow, context);
  }

  private claimWords(device: number, w: Uint32Array, at: number, how: number, context: MessageContext): void {
    const { addresses } = this.registry;
    const overflow = addresses.overflow;
    addresses.claim(device, w[at]!, w[at + 1]!, w[at + 2]!, w[at + 3]!, how, context.seconds);
    this.bound(addresses.overflow === overflow, context);
  }

  private arp(arp: ArpObservation, context: MessageContext): void {
    if (arp.senderIp === 0) return;
    // A sender address other than the frame's is a relayed or forged message: it proves nothing.
    const frameMac = context.batch.srcMac[context.index]!;
    if (frameMac !== NO_MAC && frameMac !== arp.senderMac) return;
    this.claimIpv4(this.registry.indexOf(arp.senderMac), arp.senderIp, CLAIM.arp, context);
    if (!arp.gratuitous && arp.targetIp !== 0) {
      this.registry.addresses.prefixes.addIpv4Neighbors(arp.senderIp, arp.targetIp);
    }
  }

  private dhcpClient(dhcp: Dhcpv4Observation, context: MessageContext): void {
    const device = this.dhcpClientDevice(dhcp, context);
    if (device < 0) return;
    const { devices } = this.registry;
    this.bound(keepName(devices[device]!, dhcp.hostName, 'dhcp'), context);
    this.bound(keepName(devices[device]!, dhcp.clientFqdn, 'dhcp'), context);
    const order = dhcp.parameterRequestList.join(',');
    this.bound(keepFingerprint(devices[device]!, 'dhcp', order), context);
    this.bound(keepFingerprint(devices[device]!, 'dhcp-vendor-class', dhcp.vendorClass), context);
    this.bound(keepFingerprint(devices[device]!, 'dhcp-client-id', ownClientId(dhcp.clientId)), context);
    if (dhcp.messageType === DHCP.inform || (dhcp.messageType === DHCP.request && dhcp.clientIp !== 0)) {
      this.claimIpv4(device, dhcp.clientIp, CLAIM.dhcp, context);
    }
    this.evidence(device, dhcp, context);
  }

  /**
   * Whom a request speaks for: the client, in a frame of its own. Anybody can write another's address into a request,
   * so one from another frame teaches nothing, unless a relay says that it passes it on: then a router does, or the
   * client is not heard on this link itself, and so nobody's word stands against it.
   */
  private dhcpClientDevice(dhcp: Dhcpv4Observation, context: MessageContext): number {
    const { registry } = this;
    const frameMac = context.batch.srcMac[context.index]!;
    const known = registry.indexOf(dhcp.clientMac);
    if (frameMac === dhcp.clientMac || frameMac === NO_MAC) return known;
    if (dhcp.relayIp !== 0) {
      if (known < 0) return registry.vouchFor(dhcp.clientMac, context.batch, context.index);
      const isHeard = registry.packetsOut[known]! > 0;
      if (!isHeard || registry.addresses.forwards(this.senderOf(context))) return known;
    }
    this.foreign(context);
    return -1;
  }

  /** Counts a message that speaks for another device, and from which nothing is learned. */
  foreign(context: MessageContext): void {
    this.registry.issues.add(ISSUE['device/foreign-claim'], context.packet);
  }

  private dhcpServer(dhcp: Dhcpv4Observation, context: MessageContext): void {
    if (dhcp.messageType !== DHCP.ack && dhcp.messageType !== DHCP.offer && dhcp.messageType !== 0) return;
    this.dhcpServerRole(dhcp, context);
    const { prefixes } = this.registry.addresses;
    const leased = dhcp.yourIp !== 0 ? dhcp.yourIp : dhcp.clientIp;
    if (dhcp.messageType !== DHCP.ack || leased === 0) return;
    const device = this.registry.vouchFor(dhcp.clientMac, context.batch, context.index);
    this.claimIpv4(device, leased, CLAIM.dhcp, context);
    const length = dhcp.subnetMask === 0 ? -1 : maskLength(dhcp.subnetMask);
    if (length >= 8 && dhcp.relayIp === 0) prefixes.add(0, 0, 0xffff, leased, 96 + length);
    for (const router of dhcp.routers) {
      if (this.namedRouters.size < MAX_NAMED_ROUTERS) this.namedRouters.add(router);
    }
  }

  /** The server is the sender, unless a relay passes its answer on. */
  private dhcpServerRole(dhcp: Dhcpv4Observation, context: MessageContext): void {
    const at = context.index * 4;
    const sourceIp = context.batch.srcIp[at + 3]!;
    if (dhcp.serverIdentifier !== 0 && dhcp.serverIdentifier !== sourceIp) return;
    const server = this.senderOf(context);
    if (server < 0) return;
    this.registry.devices[server]!.roles.add('dhcp-server');
    if (dhcp.relayIp === 0) this.claimIpv4(server, sourceIp, CLAIM.dhcp, context);
  }

  private ssdp(ssdp: SsdpObservation, context: MessageContext): void {
    if (ssdp.method === 'search') return;
    const sender = this.senderOf(context);
    if (sender < 0 || ssdp.headers.get('nts') === 'ssdp:byebye') return;
    const type = ssdp.headers.get(ssdp.method === 'notify' ? 'nt' : 'st') ?? '';
    if (!SSDP_TYPE.test(type)) return;
    this.bound(keepService(this.registry.devices[sender]!, type, 0, 'udp', 'ssdp'), context);
  }

  private neighbor(neighbor: NeighborObservation, context: MessageContext): void {
    const { batch, index } = context;
    const { addresses } = this.registry;
    const sender = this.senderOf(context);
    if (sender < 0 || batch.ttl[index] !== 255) return; // RFC 4861 section 7.1: anything else came from off-link
    const at = index * 4;
    const source = batch.srcIp;
    const frameMac = batch.srcMac[index]!;
    const isUnspecified =
      source[at] === 0 && source[at + 1] === 0 && source[at + 2] === 0 && source[at + 3] === 0;
    if (neighbor.icmpType === 136) {
      if (neighbor.linkMac !== NO_MAC && neighbor.linkMac !== frameMac) return;
      this.claimText(sender, neighbor.target, CLAIM.nd, context);
      if (neighbor.isRouter) this.registry.devices[sender]!.roles.add('ipv6-router');
    } else if (isUnspecified) {
      // Duplicate address detection: the sender is about to use the target.
      if (neighbor.icmpType === 135) this.claimText(sender, neighbor.target, CLAIM.nd, context);
    } else if (neighbor.linkMac === frameMac) {
      this.claimWords(sender, source, at, CLAIM.nd, context);
    }
    const w = this.words;
    if (neighbor.icmpType !== 133 && parseIp(neighbor.target, w))
      addresses.prefixes.add(w[0]!, w[1]!, w[2]!, w[3]!, 64);
  }

  private routerAdvertisement(advertisement: RouterAdvertisementObservation, context: MessageContext): void {
    const sender = this.senderOf(context);
    if (sender < 0 || context.batch.ttl[context.index] !== 255) return;
    if (advertisement.lifetimeSeconds > 0) this.registry.devices[sender]!.roles.add('ipv6-router');
    this.claimWords(sender, context.batch.srcIp, context.index * 4, CLAIM.nd, context);
    const w = this.words;
    for (const { prefix, length, onLink } of advertisement.prefixes) {
      if (onLink && length >= 16 && length <= 128 && parseIp(prefix, w)) {
        this.registry.addresses.prefixes.add(w[0]!, w[1]!, w[2]!, w[3]!, length);
      }
    }
  }
}

/** Of RFC 4361 identifiers the DUID alone, because the rest counts interfaces. */
const RFC4361_PREFIX = 'ff';
const DUID_AT = 10;

/** The part of a DHCP client identifier that names the system and not the interface; '' when it is the MAC. */
function ownClientId(clientId: string): string {
  if (clientId.startsWith('01')) return '';
  return clientId.startsWith(RFC4361_PREFIX) ? clientId.slice(DUID_AT) : clientId;
}
