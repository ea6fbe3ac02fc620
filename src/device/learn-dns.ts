import { parseIp } from '../bytes/parse-ip.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { DnsObservation, DnsRecord } from '../protocol/dns.ts';
import { CLAIM } from './address-book.ts';
import { keepDomain, keepName, keepService } from './keep.ts';
import type { Learner } from './learn.ts';

const TYPE = { a: 1, ptr: 12, txt: 16, aaaa: 28, srv: 33 } as const;
const RECURSION_AVAILABLE = 0x0080;
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
  if (dns.opcode !== 0) return;
  if (dns.protocol === 'mdns') {
    if (dns.isResponse) learnMdns(learner, dns, context);
  } else if (dns.protocol === 'llmnr') {
    if (dns.isResponse) learnNames(learner, dns, context, 'llmnr');
  } else if (dns.isResponse) {
    learnAnswer(learner, dns, context);
  } else {
    const asker = learner.senderOf(context);
    if (asker < 0 || forwards(learner, asker, context)) return;
    for (const { name } of dns.questions) {
      if (!isReverse(name)) {
        learner.bound(keepDomain(learner.registry.devices[asker]!, name.toLowerCase()), context);
      }
    }
  }
}

/** A message that the sender passes on for an address that is not its own. */
function forwards(learner: Learner, sender: number, context: MessageContext): boolean {
  const { addresses } = learner.registry;
  return addresses.forwards(sender) && !addresses.isOwn(sender, context.batch.srcIp, context.index * 4);
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
    if (section !== 'answer' || (type !== TYPE.a && type !== TYPE.aaaa)) continue;
    // Behind aliases the address has another name; the one that was asked for is what a person knows.
    registry.nameAddress(asker, value, asked !== '' ? asked : name.toLowerCase());
  }
}

function learnMdns(learner: Learner, dns: DnsObservation, context: MessageContext): void {
  const speaker = speakerOf(learner, dns, context);
  if (speaker < 0) return;
  const device = learner.registry.devices[speaker]!;
  learnNames(learner, dns, context, 'mdns');
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

/** Host names that an mDNS or LLMNR answer gives to addresses: the speaker's own ones are its names. */
function learnNames(
  learner: Learner,
  dns: DnsObservation,
  context: MessageContext,
  source: 'mdns' | 'llmnr',
): void {
  const speaker = speakerOf(learner, dns, context);
  if (speaker < 0) return;
  const device = learner.registry.devices[speaker]!;
  for (const { type, name, value } of dns.records) {
    if (type !== TYPE.a && type !== TYPE.aaaa) continue;
    learner.bound(keepName(device, name.replace(/\.local$/i, ''), source), context);
    learner.claimText(speaker, value, CLAIM.mdns, context);
  }
}

/**
 * Whom an mDNS or LLMNR answer is about: its sender, unless all its addresses are proven to be one other device's
 * (reflectors and sleep proxies repeat what others said).
 */
export function speakerOf(learner: Learner, dns: DnsObservation, context: MessageContext): number {
  const sender = learner.senderOf(context);
  if (dns.protocol === 'dns') return sender;
  let other = -1;
  for (const record of dns.records) {
    const owner = provenOwnerOf(learner, record);
    if (owner === undefined) continue;
    if (owner < 0 || owner === sender || (other >= 0 && other !== owner)) return sender;
    other = owner;
  }
  return other >= 0 ? other : sender;
}

const words = new Uint32Array(4);

/** Undefined for records that are not addresses. */
function provenOwnerOf(learner: Learner, { type, value }: DnsRecord): number | undefined {
  if ((type !== TYPE.a && type !== TYPE.aaaa) || !parseIp(value, words)) return undefined;
  return learner.registry.addresses.provenOwner(words[0]!, words[1]!, words[2]!, words[3]!);
}
