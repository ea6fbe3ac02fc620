import { parseIp } from '../bytes/parse-ip.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { DnsObservation, DnsRecord } from '../protocol/dns.ts';
import { CLAIM } from './address-book.ts';
import type { Device } from './device.ts';
import { keepDomain, keepName, keepService } from './keep.ts';
import type { Learner } from './learn.ts';

const TYPE = { a: 1, ptr: 12, txt: 16, aaaa: 28, srv: 33 } as const;
const RECURSION_AVAILABLE = 0x0080;
function isAddress(type: number): boolean {
  return type === TYPE.a || type === TYPE.aaaa;
}

const REVERSE = /\.(?:in-addr|ip6)\.arpa$/i;
/** Most names end at the first look. */
function isReverse(name: string): boolean {
  const last = name.charCodeAt(name.length - 1) | 0x20;
  return last === 0x61 && REVERSE.test(name);
}

/** `_service._proto.local`, with an instance label before it or not. */
const SERVICE = /(?:^|^(.*?)\.)(_[^.]{1,63})\._(tcp|udp)\.local$/i;

/** DNS, mDNS and LLMNR: what the asker wanted to know, and what the answerer says of itself. */
export function learnDns(learner: Learner, dns: DnsObservation, context: MessageContext): void {
  if (dns.protocol !== 'dns') {
    if (dns.isResponse) learnAnnouncement(learner, dns, context);
  } else if (!dns.isResponse) {
    learnQuery(learner, dns, context);
  } else if (dns.opcode === 0) {
    learnAnswer(learner, dns, context);
  }
}

function learnQuery(learner: Learner, dns: DnsObservation, context: MessageContext): void {
  const { devices, addresses } = learner.registry;
  const asker = learner.senderOf(context);
  if (asker < 0) return;
  const isPassedOn = learner.isPassedOn(asker, context);
  if (dns.opcode === 0 && !(isPassedOn && addresses.forwards(asker))) {
    for (const { name } of dns.questions) {
      if (!isReverse(name)) learner.bound(keepDomain(devices[asker]!, name.toLowerCase()), context);
    }
  }
  if (!isPassedOn) learner.evidence(asker, dns, context);
}

/** An answer tells the asker the names of addresses, and that its sender resolves for others. */
function learnAnswer(learner: Learner, dns: DnsObservation, context: MessageContext): void {
  const { registry } = learner;
  const { batch, index } = context;
  if (batch.srcPort[index] === 53 && (dns.flags & RECURSION_AVAILABLE) !== 0) {
    const server = registry.ownerOf(batch.srcIp, index * 4, batch.srcMac[index]!);
    if (server >= 0) registry.devices[server]!.roles.add('dns-server');
  }
  const asker = registry.receiverOf(batch, index);
  if (asker < 0) return;
  const asked = dns.questions[0]?.name.toLowerCase() ?? '';
  for (const { section, type, name, value } of dns.records) {
    if (section !== 'answer' || !isAddress(type)) continue;
    // Behind aliases the address has another name; the one that was asked for is what a person knows.
    registry.nameAddress(asker, value, asked !== '' ? asked : name.toLowerCase());
  }
}

/** An announcement that came before teaches nothing but that its addresses are still in use. */
function learnAnnouncement(learner: Learner, dns: DnsObservation, context: MessageContext): void {
  const speaker = speakerOf(learner, dns, context);
  if (speaker < 0) return;
  if (dns.opcode === 0) {
    for (const { type, value } of dns.records) {
      if (isAddress(type)) learner.claimText(speaker, value, CLAIM.mdns, context);
    }
  }
  if (learner.heard.has(speaker, dns)) return;
  const { losses } = learner;
  const device = learner.registry.devices[speaker]!;
  if (dns.opcode === 0) {
    learnNames(learner, device, dns, context);
    if (dns.protocol === 'mdns') learnServices(learner, device, dns, context);
  }
  if (learner.isPassedOn(learner.senderOf(context), context)) return;
  learner.evidence(speaker, dns, context);
  if (learner.losses === losses) learner.heard.add(speaker, dns);
}

/** Host names that an mDNS or LLMNR answer gives to addresses: the speaker's own ones are its names. */
function learnNames(learner: Learner, device: Device, dns: DnsObservation, context: MessageContext): void {
  const source = dns.protocol === 'mdns' ? 'mdns' : 'llmnr';
  for (const { type, name } of dns.records) {
    if (isAddress(type)) learner.bound(keepName(device, name.replace(/\.local$/i, ''), source), context);
  }
}

function learnServices(learner: Learner, device: Device, dns: DnsObservation, context: MessageContext): void {
  const ports = new Set<string>();
  for (const record of dns.records) {
    if (record.type !== TYPE.srv) continue;
    const match = SERVICE.exec(record.name);
    if (!match) continue;
    const [, instance, service, transport] = match;
    ports.add(`${service}.${transport}`.toLowerCase());
    learner.bound(keepName(device, instance ?? '', 'mdns'), context);
    learner.bound(
      keepService(
        device,
        `${service}._${transport}`,
        record.port,
        transport!.toLowerCase() as 'tcp' | 'udp',
        'mdns',
      ),
      context,
    );
  }
  for (const record of dns.records) {
    if (record.type !== TYPE.ptr || record.section === 'authority' || isReverse(record.name)) continue;
    const match = SERVICE.exec(record.value);
    if (!match || ports.has(`${match[2]}.${match[3]}`.toLowerCase())) continue;
    const transport = match[3]!.toLowerCase() as 'tcp' | 'udp';
    learner.bound(keepName(device, match[1] ?? '', 'mdns'), context);
    learner.bound(keepService(device, `${match[2]}._${match[3]}`, 0, transport, 'mdns'), context);
  }
}

/**
 * Whom an mDNS or LLMNR answer is about: its sender, unless all its addresses are proven to be one other device's.
 * Reflectors and sleep proxies repeat what others said, and anybody can make it up. So a router is believed about a
 * device that does not announce itself; all else is about nobody, -1.
 */
function speakerOf(learner: Learner, dns: DnsObservation, context: MessageContext): number {
  const sender = learner.senderOf(context);
  let other = -1;
  for (const record of dns.records) {
    const owner = provenOwnerOf(learner, record);
    if (owner === undefined) continue;
    if (owner < 0 || owner === sender || (other >= 0 && other !== owner)) {
      other = -1;
      break;
    }
    other = owner;
  }
  if (other < 0) {
    if (sender >= 0) learner.announcers.add(sender);
    return sender;
  }
  if (!isRouter(learner, sender)) learner.foreign(context);
  else if (!learner.announcers.has(other)) return other;
  return -1;
}

function isRouter(learner: Learner, device: number): boolean {
  const { addresses, devices } = learner.registry;
  return device >= 0 && (addresses.forwards(device) || devices[device]!.roles.has('ipv6-router'));
}

const words = new Uint32Array(4);

/** Undefined for records that are not addresses. */
function provenOwnerOf(learner: Learner, { type, value }: DnsRecord): number | undefined {
  if (!isAddress(type) || !parseIp(value, words)) return undefined;
  return learner.registry.addresses.provenOwner(words[0]!, words[1]!, words[2]!, words[3]!);
}
