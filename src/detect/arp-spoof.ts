/**
 * arp-spoof (ATT&CK T1557.002): a device tells others, unasked and again and again, that an address which another
 * device has proven to be its own is found at the wrong MAC.
 *
 * Replies and requests both poison: whoever hears a request remembers its sender.
 * Not counted: answers to requests (proxy ARP, a hub with two interfaces), announcements of an address whose owner
 * does not speak up (failover, new leases), MACs of redundancy groups, probes, and requests that a host makes with the
 * address of another of its interfaces: it asks again only when its cache runs out.
 * State: `MAX_REQUESTS` open requests by asker and address, `MAX_CLAIMS` pairs of sender and address; episodes by actor.
 */
import { formatCount } from '../bytes/count.ts';
import { formatIpv4, formatMac } from '../bytes/address.ts';
import { toSeconds } from '../bytes/time.ts';
import type { ArpObservation } from '../protocol/arp.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { virtualMac } from '../device/virtual-mac.ts';
import { addressActor, deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_REQUESTS = 4096;
const MAX_CLAIMS = 8192;
/** One request excuses this many replies of one sender: it may be captured on two ports, or answered twice. */
const REPLIES_TO_REQUEST = 3;
/** No stack asks for an address again this soon after it was told (RFC 4861 and its likes: at least 15 s). */
const CACHED_SECONDS = 12;

class Notes {
  readonly addresses = new Samples();
  readonly owners = new Samples();
  readonly victims = new Samples();
  gateway = false;
  requests = 0;
}

/** Who has an address, as far as the first to say so goes, and when it last did. */
interface Holder {
  readonly mac: number;
  seconds: number;
}

/** A request with somebody else's address as its sender. */
interface Question {
  seconds: number;
  isAnswered: boolean;
}

interface Request {
  /** Of the last one, with fraction: whole seconds would let the phase of the clock decide. */
  seconds: number;
  count: number;
}

interface Claim {
  /** Requests for the address when this sender last answered, and its answers since. */
  request: number;
  answers: number;
  unsolicited: number;
  /** Time of its first announcement; -1 before it. */
  since: number;
  pending: [seconds: number, nanos: number, packet: number][];
}

const newClaim = (): Claim => ({ request: 0, answers: 0, unsolicited: 0, since: -1, pending: [] });

export const arpSpoof: DetectorFactory<RuleConfig<'arp-spoof'>> = (config, view): Detector => {
  /** By the asker's MAC and the address asked for: a request excuses answers to the asker, and to nobody else. */
  const requests = new BoundedMap<string, Request>(MAX_REQUESTS);
  const claims = new BoundedMap<string, Claim>(MAX_CLAIMS);
  /** Address → MAC that first said it has it. */
  const firstHolder = new BoundedMap<number, Holder>(MAX_CLAIMS);
  /** By sender's MAC, its claimed address, and the address that it asked for. */
  const questions = new BoundedMap<string, Question>(MAX_CLAIMS);
  /** MAC → addresses that it ever named as its own, up to four. */
  const ownAddresses = new BoundedMap<number, Set<number>>(MAX_CLAIMS);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'arp') return;
    if (observation.operation === 1) request(observation, at);
    else if (observation.operation === 2 && observation.senderIp !== 0) reply(observation, at);
  }

  function request(arp: ArpObservation, at: MessageContext): void {
    const { senderIp, senderMac, targetIp, gratuitous } = arp;
    const now = toSeconds(at.seconds, at.nanos);
    if (!gratuitous) {
      const open = requests.use(`${senderMac} ${targetIp}`, () => ({ seconds: 0, count: 0 }));
      open.seconds = now;
      open.count++;
    }
    if (senderIp === 0) return;
    const holder = holderOf(senderIp, senderMac, now);
    const own = noteOwn(senderMac, senderIp);
    if (virtualMac(senderMac) !== '') return;
    const owner = ownerBeside(senderIp, senderMac, holder.mac);
    if (owner === -1) return;
    const claim = claims.use(`${senderMac} ${senderIp}`, newClaim);
    if (gratuitous) {
      if (own.size >= 2 && isContested(claim, senderIp, owner, now)) count(claim, arp, owner, at);
      return;
    }
    const question = questions.use(`${senderMac} ${senderIp} ${targetIp}`, () => ({
      seconds: 0,
      isAnswered: false,
    }));
    const isNeedless = question.isAnswered && now - question.seconds <= CACHED_SECONDS;
    question.seconds = now;
    question.isAnswered = false;
    if (isNeedless) count(claim, arp, owner, at);
  }

  function reply(arp: ArpObservation, at: MessageContext): void {
    const { senderIp, senderMac, targetIp, targetMac } = arp;
    const now = toSeconds(at.seconds, at.nanos);
    const question = questions.peek(`${targetMac} ${targetIp} ${senderIp}`);
    if (question !== undefined) question.isAnswered = true;
    const holder = holderOf(senderIp, senderMac, now);
    if (virtualMac(senderMac) !== '') return;
    const asked = requests.peek(`${targetMac} ${senderIp}`);
    const owner = ownerBeside(senderIp, senderMac, holder.mac);
    const own = noteOwn(senderMac, senderIp);
    // Announcing its only address is what a second interface does.
    if (arp.gratuitous && own.size < 2) return;
    if (owner === -1) return;
    const claim = claims.use(`${senderMac} ${senderIp}`, newClaim);
    if (arp.gratuitous && !isContested(claim, senderIp, owner, now)) return;
    const wasAsked =
      asked !== undefined && now - asked.seconds <= config.requestSeconds && answers(claim, asked);
    if (wasAsked && targetMac !== 0xffff_ffff_ffff && !isPoisoner(at, senderMac)) return;
    count(claim, arp, owner, at);
  }

  function holderOf(ip: number, mac: number, now: number): Holder {
    const holder = firstHolder.use(ip, () => ({ mac, seconds: now }));
    if (holder.mac === mac) holder.seconds = now;
    return holder;
  }

  function noteOwn(mac: number, ip: number): Set<number> {
    const own = ownAddresses.use(mac, () => new Set());
    if (own.size < 4) own.add(ip);
    return own;
  }

  /** The owner said that it has the address after this sender first announced it: it did not hand it over. */
  function isContested(claim: Claim, ip: number, owner: number, now: number): boolean {
    if (claim.since < 0) claim.since = now;
    const holder = firstHolder.peek(ip);
    return holder !== undefined && holder.mac === owner && holder.seconds > claim.since;
  }

  /** Counts a reply to the last request; true while that request can have caused it. */
  function answers(claim: Claim, { count: request }: Request): boolean {
    if (claim.request !== request) claim.answers = 0;
    claim.request = request;
    return ++claim.answers <= REPLIES_TO_REQUEST;
  }

  function isRouter(device: number): boolean {
    const { roles } = view.devices.devices[device]!;
    return roles.has('gateway') || roles.has('ipv6-router') || view.devices.addresses.forwards(device);
  }

  /** MAC of another holder of the address, or -1. */
  function ownerBeside(ip: number, mac: number, firstMac: number): number {
    const proven = view.devices.addresses.provenOwner(0, 0, 0xffff, ip);
    const provenMac = proven >= 0 ? view.devices.devices[proven]!.mac : -1;
    if (provenMac > 0 && provenMac !== mac) return provenMac;
    return firstMac !== mac ? firstMac : -1;
  }

  /** Once it is known to poison, its answers to requests count too. */
  function isPoisoner(at: MessageContext, senderMac: number): boolean {
    const device = blamed(at, senderMac);
    return device >= 0 && log.running(deviceActor(view, device), at.seconds, at.nanos) !== undefined;
  }

  /** Who sent the frame: the message may name anybody. */
  function blamed(at: MessageContext, senderMac: number): number {
    const sender = view.devices.senderOf(at.batch, at.index);
    return sender >= 0 ? sender : view.devices.indexOf(senderMac);
  }

  function count(claim: Claim, arp: ArpObservation, owner: number, at: MessageContext): void {
    const { senderIp, senderMac } = arp;
    claim.unsolicited++;
    if (claim.unsolicited < config.unsolicited) {
      claim.pending.push([at.seconds, at.nanos, at.packet]);
      return;
    }
    const device = blamed(at, senderMac);
    const actor = device >= 0 ? deviceActor(view, device) : addressActor(formatMac(senderMac));
    const { episode, notes } = log.at(actor, at.seconds, at.nanos);
    for (const [seconds, nanos, packet] of claim.pending) episode.add(seconds, nanos, packet);
    claim.pending = [];
    episode.add(at.seconds, at.nanos, at.packet);
    if (arp.operation === 1) notes.requests++;
    notes.addresses.add(formatIpv4(senderIp));
    notes.owners.add(formatMac(owner));
    if (arp.targetIp !== senderIp && arp.targetIp !== 0) notes.victims.add(formatIpv4(arp.targetIp));
    const ownerDevice = view.devices.indexOf(owner);
    if (ownerDevice >= 0 && isRouter(ownerDevice)) notes.gateway = true;
  }

  return {
    id: 'arp-spoof',
    kinds: ['arp'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const addresses = notes.addresses.list();
        const owners = notes.owners.list();
        return findingOf(episode, {
          rule: 'arp-spoof',
          severity: notes.gateway || addresses.length > 1 ? 'critical' : 'high',
          confidence: addresses.length > 1 || notes.gateway ? 0.95 : 0.85,
          actor,
          peer: owners.length === 1 ? owners[0]! : '',
          summary: `${actor.label} claims ${addresses.slice(0, 4).join(', ')}, which ${owners.slice(0, 4).join(', ')} ${owners.length === 1 ? 'has' : 'have'}, in ${formatCount(episode.count)} unasked ARP ${notes.requests > 0 ? 'messages' : 'replies'}`,
          evidence: {
            addresses,
            owners,
            victims: notes.victims.list(),
            replies: episode.count - notes.requests,
            requests: notes.requests,
          },
          technique: 'T1557.002',
        });
      });
    },
  };
};
