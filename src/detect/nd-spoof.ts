/**
 * nd-spoof (ATT&CK T1557): a device tells others that the IPv6 address of another is found at the wrong MAC, in neighbour
 * advertisements that override what is known, or speaks with the address of another router in router advertisements.
 *
 * Three ways: advertisements that nobody asked for, again and again; answers beside those of the owners, to questions
 * for several addresses; router advertisements that say otherwise than the router itself, which goes on to speak.
 * Not counted: advertisements that do not override, as those of proxies and anycast addresses must not (RFC 4861,
 * sections 7.2.7 and 7.2.8), announcements to all whose owner does not speak up (failover), MACs of redundancy groups,
 * answers where the owner gives none (repeaters that put their own MAC in its place), copies of a router's words,
 * defended addresses of duplicate address detection, and what came from beyond the link.
 * An address that was made of a MAC (RFC 4291, appendix A) belongs to that device, whoever spoke first.
 * State: `MAX_ADDRESSES` holders, questions, routers and suspicions; episodes by actor.
 */
import { formatIpAt, formatMac, isGroupMac, type Mac, NO_MAC } from '../bytes/address.ts';
import { formatCount } from '../bytes/count.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import { toSeconds } from '../bytes/time.ts';
import { macOfInterfaceId } from '../device/link.ts';
import { virtualMac } from '../device/virtual-mac.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { NeighborObservation, RouterAdvertisementObservation } from '../protocol/neighbor-discovery.ts';
import type { Observation } from '../protocol/observation.ts';
import { addressActor, deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_ADDRESSES = 8192;
/** One question excuses this many answers of one device: it may be captured on two ports, or answered twice. */
const ANSWERS_TO_QUESTION = 3;
/** Devices whose answers to one question are kept. */
const MAX_ANSWERERS = 4;
/** Answering beside one other may be two interfaces of one device; beside several it is not. */
const RACED_ADDRESSES = 2;
/** Events kept until there are enough of them. */
const MAX_PENDING = 16;
/** A hop limit that no router has changed (RFC 4861, section 7.1). */
const ON_LINK = 255;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;

type Way = 'unasked' | 'answers' | 'router';

class Notes {
  readonly addresses = new Samples();
  readonly owners = new Samples();
  readonly victims = new Samples();
  gateway = false;
  readonly counts: Record<Way, number> = { unasked: 0, answers: 0, router: 0 };
}

/** Who has an address, as far as the first to say so goes, and when it last did. */
interface Holder {
  readonly mac: Mac;
  seconds: number;
}

interface Event {
  readonly way: Way;
  readonly address: string;
  readonly owner: Mac;
  /** Whom it was told; '' for all. */
  readonly victim: string;
  readonly seconds: number;
  readonly nanos: number;
  readonly packet: number;
  /** Device that sent it, or -1. */
  readonly sender: number;
}

/** What is held against a MAC: events that say nothing until there are enough of them. */
interface Suspicion {
  /** Time of its first claim; -1 before it. */
  since: number;
  events: number;
  readonly addresses: Set<string>;
  pending: Event[];
}

interface Answer {
  readonly mac: Mac;
  readonly event: Event;
  times: number;
  isCounted: boolean;
}

interface Question {
  seconds: number;
  answers: Answer[];
}

/** The first to speak with a router's address. */
interface Router {
  mac: Mac;
  words: string;
  seconds: number;
}

const newSuspicion = (): Suspicion => ({ since: -1, events: 0, addresses: new Set(), pending: [] });

export const ndSpoof: DetectorFactory<RuleConfig<'nd-spoof'>> = (config, view): Detector => {
  // Keys begin with the VLAN: each has a fe80::1 of its own.
  const holders = new BoundedMap<string, Holder>(MAX_ADDRESSES);
  /** By the asker's MAC and the address asked for. */
  const questions = new BoundedMap<string, Question>(MAX_ADDRESSES);
  const routers = new BoundedMap<string, Router>(MAX_ADDRESSES);
  const suspicions = new BoundedMap<string, Suspicion>(MAX_ADDRESSES);
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());
  const target = new Uint32Array(4);

  function observe(observation: Observation, at: MessageContext): void {
    if (at.batch.ttl[at.index] !== ON_LINK) return;
    if (observation.kind === 'router-advertisement') routerAdvertisement(observation, at);
    else if (observation.kind !== 'neighbor') return;
    else if (observation.icmpType === SOLICITATION) solicitation(observation, at);
    else if (observation.icmpType === ADVERTISEMENT) advertisement(observation, at);
  }

  function solicitation(neighbor: NeighborObservation, at: MessageContext): void {
    const { batch, index } = at;
    const source = formatIpAt(batch.srcIp, index * 4);
    if (source === '::') return;
    const asker = batch.srcMac[index]!;
    const now = toSeconds(at.seconds, at.nanos);
    holderOf(keyOf(at, source), neighbor.linkMac === NO_MAC ? asker : neighbor.linkMac, now);
    const question = questions.use(`${asker} ${keyOf(at, neighbor.target)}`, () => ({
      seconds: now,
      answers: [],
    }));
    question.seconds = now;
    question.answers = [];
  }

  function advertisement(neighbor: NeighborObservation, at: MessageContext): void {
    const { batch, index } = at;
    const now = toSeconds(at.seconds, at.nanos);
    const mac = neighbor.linkMac === NO_MAC ? batch.srcMac[index]! : neighbor.linkMac;
    const told = batch.dstMac[index]!;
    const key = keyOf(at, neighbor.target);
    const holder = holderOf(key, mac, now);
    const owner = ownerOf(neighbor.target, holder.mac);
    const question = questions.peek(`${told} ${key}`);
    const isClaim = mac !== owner && neighbor.isOverride && virtualMac(mac) === '';
    const event = eventOf(at, 'answers', neighbor.target, owner);
    if (question !== undefined && now - question.seconds <= config.requestSeconds) {
      const answer = answerOf(question, mac, event);
      if (answer !== undefined) {
        if (!isClaim && mac !== owner) answer.isCounted = true;
        if (question.answers.some((each) => each.mac === owner)) race(question, owner);
        if (++answer.times <= ANSWERS_TO_QUESTION) return;
      }
    }
    if (!isClaim) return;
    const suspicion = suspicions.use(`${mac} ${key}`, newSuspicion);
    if (isGroupMac(told) && !isContested(suspicion, holder.mac === owner ? holder.seconds : 0, now)) return;
    count(mac, suspicion, { ...event, way: 'unasked' }, 1);
  }

  function answerOf(question: Question, mac: Mac, event: Event): Answer | undefined {
    let answer = question.answers.find((each) => each.mac === mac);
    if (answer === undefined && question.answers.length < MAX_ANSWERERS) {
      answer = { mac, event, times: 0, isCounted: false };
      question.answers.push(answer);
    }
    return answer;
  }

  /** The owner answered, and so did others. */
  function race(question: Question, owner: Mac): void {
    for (const answer of question.answers) {
      if (answer.isCounted || answer.mac === owner) continue;
      answer.isCounted = true;
      count(answer.mac, suspicions.use(`${answer.mac}`, newSuspicion), answer.event, RACED_ADDRESSES);
    }
  }

  function routerAdvertisement(advertisement: RouterAdvertisementObservation, at: MessageContext): void {
    const { batch, index } = at;
    const mac = batch.srcMac[index]!;
    const now = toSeconds(at.seconds, at.nanos);
    const address = formatIpAt(batch.srcIp, index * 4);
    const key = keyOf(at, address);
    const { lifetimeSeconds, prefixes, routes, dnsServers } = advertisement;
    const words = JSON.stringify([lifetimeSeconds, prefixes, routes, dnsServers]);
    const router = routers.use(key, () => ({ mac, words, seconds: now }));
    // Whose MAC the address was made of is the router, if another spoke first.
    if (ownerOf(address, router.mac) === mac) router.mac = mac;
    if (router.mac === mac) {
      router.words = words;
      router.seconds = now;
      return;
    }
    if (virtualMac(mac) !== '' || words === router.words) return;
    const suspicion = suspicions.use(`${mac} ${key} router`, newSuspicion);
    if (!isContested(suspicion, router.seconds, now)) return;
    count(mac, suspicion, eventOf(at, 'router', address, router.mac), 1);
  }

  function keyOf({ batch, index }: MessageContext, address: string): string {
    return `${batch.vlanId[index]} ${address}`;
  }

  function holderOf(key: string, mac: Mac, now: number): Holder {
    const holder = holders.use(key, () => ({ mac, seconds: now }));
    if (holder.mac === mac) holder.seconds = now;
    return holder;
  }

  function ownerOf(address: string, first: Mac): Mac {
    if (!parseIp(address, target)) return first;
    const made = macOfInterfaceId(target[2]!, target[3]!);
    return made !== NO_MAC && view.devices.indexOf(made) >= 0 ? made : first;
  }

  /** The owner spoke after this sender first claimed the address: it did not hand it over. */
  function isContested(suspicion: Suspicion, ownerSpoke: number, now: number): boolean {
    if (suspicion.since < 0) suspicion.since = now;
    return ownerSpoke > suspicion.since;
  }

  function eventOf(at: MessageContext, way: Way, address: string, owner: Mac): Event {
    const { batch, index, seconds, nanos, packet } = at;
    const victim = isGroupMac(batch.dstMac[index]!) ? '' : formatIpAt(batch.dstIp, index * 4);
    return {
      way,
      address,
      owner,
      victim,
      seconds,
      nanos,
      packet,
      sender: view.devices.senderOf(batch, index),
    };
  }

  function count(mac: Mac, suspicion: Suspicion, event: Event, leastAddresses: number): void {
    const { addresses, pending } = suspicion;
    suspicion.events++;
    if (addresses.size < leastAddresses) addresses.add(event.address);
    if (pending.length < MAX_PENDING) pending.push(event);
    if (suspicion.events < config.unsolicited || addresses.size < leastAddresses) return;
    suspicion.pending = [];
    for (const each of pending) note(mac, each);
  }

  function note(mac: Mac, { way, address, owner, victim, seconds, nanos, packet, sender }: Event): void {
    // Who sent the frame is to blame: the message may name anybody.
    const device = sender >= 0 ? sender : view.devices.indexOf(mac);
    const actor = device >= 0 ? deviceActor(view, device) : addressActor(formatMac(mac));
    const { episode, notes } = log.at(actor, seconds, nanos);
    episode.add(seconds, nanos, packet);
    notes.counts[way]++;
    notes.addresses.add(address);
    notes.owners.add(formatMac(owner));
    if (victim !== '') notes.victims.add(victim);
    const ownerDevice = view.devices.indexOf(owner);
    if (ownerDevice >= 0 && isRouter(ownerDevice)) notes.gateway = true;
  }

  function isRouter(device: number): boolean {
    const { roles } = view.devices.devices[device]!;
    return roles.has('gateway') || roles.has('ipv6-router') || view.devices.addresses.forwards(device);
  }

  return {
    id: 'nd-spoof',
    kinds: ['neighbor', 'router-advertisement'],
    observe,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const { counts, gateway, victims } = notes;
        const addresses = notes.addresses.list();
        const owners = notes.owners.list();
        const isBroad = gateway || addresses.length > 1;
        const what = counts.unasked + counts.answers > 0 ? 'neighbour' : 'router';
        return findingOf(episode, {
          rule: 'nd-spoof',
          severity: isBroad ? 'critical' : 'high',
          confidence: isBroad ? 0.95 : 0.85,
          actor,
          peer: owners.length === 1 ? owners[0]! : '',
          summary: `${actor.label} claims ${addresses.slice(0, 4).join(', ')}, which ${owners.slice(0, 4).join(', ')} ${owners.length === 1 ? 'has' : 'have'}, in ${formatCount(episode.count)} forged ${what} advertisements`,
          evidence: {
            addresses,
            owners,
            victims: victims.list(),
            unasked: counts.unasked,
            answers: counts.answers,
            routerAdvertisements: counts.router,
          },
          technique: 'T1557',
        });
      });
    },
  };
};
