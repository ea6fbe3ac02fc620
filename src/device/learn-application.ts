import { formatIpAt } from '../bytes/address.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import { dhcpv6Fingerprint, isDhcpv6Client } from '../fingerprint/collect/services.ts';
import { hassh } from '../fingerprint/hassh.ts';
import { helloFingerprints } from '../fingerprint/hello-fingerprints.ts';
import { ja3s } from '../fingerprint/ja3.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Dhcpv6Observation } from '../protocol/dhcpv6.ts';
import type { HttpRequestObservation } from '../protocol/http.ts';
import type { NetbiosNameObservation } from '../protocol/netbios-name.ts';
import type { Observation } from '../protocol/observation.ts';
import type { SshKexInitObservation } from '../protocol/ssh.ts';
import type { TlsClientHelloObservation } from '../protocol/tls-client-hello.ts';
import type { Device } from './device.ts';
import { keepDomain, keepFingerprint, keepName } from './keep.ts';
import type { Learner } from './learn.ts';
import { ownNameOf } from './own-name.ts';

/** Browser commands by which a host names itself. */
const HOST_ANNOUNCEMENTS = new Set([1, 15]);
/** Suffixes of NetBIOS names that are those of hosts. */
const WORKSTATION = 0x00;
const FILE_SERVER = 0x20;
const NETBIOS_QUERY = 0;
const NETBIOS_REGISTRATIONS = new Set([5, 8, 9, 15]);

const words = new Uint32Array(4);

/** All further protocols: whom a device wants to reach, its fingerprints, and the names that it gives itself. */
export function learnApplication(learner: Learner, observation: Observation, context: MessageContext): void {
  const sender = learner.senderOf(context);
  const { registry } = learner;
  if (sender < 0) return;
  // What a router passes on is not its own. What has no flow has no address (LLDP, CDP) and is passed on by nobody.
  const isPassable = context.flow >= 0;
  if (isPassable && !registry.addresses.isOwn(sender, context.batch.srcIp, context.index * 4)) return;
  const device = registry.devices[sender]!;
  switch (observation.kind) {
    case 'tls-client-hello':
      learnHello(learner, device, observation, context);
      break;
    case 'tls-server-hello':
      if (observation.isWhole) learner.bound(keepFingerprint(device, 'ja3s', ja3s(observation)), context);
      break;
    case 'http-request':
      learnRequest(learner, device, observation, context);
      break;
    case 'http-response':
      learner.bound(keepFingerprint(device, 'http-server', observation.server), context);
      break;
    case 'ssh-version':
      learner.bound(keepFingerprint(device, 'ssh-software', observation.software), context);
      break;
    case 'ssh-kexinit':
      learnKex(learner, device, observation, context);
      break;
    case 'netbios-name':
      learnNetbiosName(learner, device, observation, context);
      break;
    case 'netbios-datagram':
      if (HOST_ANNOUNCEMENTS.has(observation.command)) {
        learner.bound(keepName(device, observation.serverName.trim(), 'netbios'), context);
      }
      break;
    case 'dhcpv6':
      learnDhcpv6(learner, device, observation, context);
      break;
    default:
      break;
  }
  const own = ownNameOf(observation);
  if (own !== undefined) learner.bound(keepName(device, own.name, own.source), context);
}

/** The fingerprint of the client's program, and the identifier that it keeps over all its interfaces. */
function learnDhcpv6(
  learner: Learner,
  device: Device,
  message: Dhcpv6Observation,
  context: MessageContext,
): void {
  if (message.relays > 0 || !isDhcpv6Client(message)) return;
  learner.bound(keepFingerprint(device, 'dhcpv6', dhcpv6Fingerprint(message)), context);
  learner.bound(keepFingerprint(device, 'dhcpv6-client-id', message.clientDuid), context);
}

function learnHello(
  learner: Learner,
  device: Device,
  hello: TlsClientHelloObservation,
  context: MessageContext,
): void {
  wanted(learner, device, hello.serverName, context);
  if (!hello.isWhole) return;
  const prints = helloFingerprints(hello);
  if (learner.heard.has(device.index, prints)) return;
  const { losses } = learner;
  learner.bound(keepFingerprint(device, 'ja3', prints.ja3), context);
  learner.bound(keepFingerprint(device, 'ja4', prints.ja4), context);
  learner.evidenceOf(device.index, 'tls.ja3', prints.ja3, context);
  learner.evidenceOf(device.index, 'tls.ja4', prints.ja4, context);
  if (learner.losses === losses) learner.heard.add(device.index, prints);
}

function learnRequest(
  learner: Learner,
  device: Device,
  request: HttpRequestObservation,
  context: MessageContext,
): void {
  const { host } = request;
  wanted(learner, device, host.includes(':') ? host.replace(/:\d+$/, '') : host, context);
  learner.bound(keepFingerprint(device, 'http-user-agent', request.userAgent), context);
  learner.bound(keepFingerprint(device, 'http-headers', request.headerOrder.join(',')), context);
}

function learnKex(
  learner: Learner,
  device: Device,
  kex: SshKexInitObservation,
  context: MessageContext,
): void {
  const print = hassh(kex);
  learner.bound(keepFingerprint(device, kex.isClient ? 'hassh' : 'hassh-server', print), context);
  learner.evidenceOf(device.index, kex.isClient ? 'hassh' : 'hassh.server', print, context);
}

/** A host registers its own name, or says that it has it; a name server speaks of others. */
function learnNetbiosName(
  learner: Learner,
  device: Device,
  { isResponse, opcode, rcode, name, suffix, isGroup, address }: NetbiosNameObservation,
  context: MessageContext,
): void {
  if (isGroup || rcode !== 0 || (suffix !== WORKSTATION && suffix !== FILE_SERVER)) return;
  if (isResponse ? opcode !== NETBIOS_QUERY : !NETBIOS_REGISTRATIONS.has(opcode)) return;
  if (address !== context.batch.srcIp[context.index * 4 + 3]) return;
  learner.bound(keepName(device, name.trim(), 'netbios'), context);
}

/** Most names begin with a letter and have no colon: they end at the first look. */
function isAddressText(text: string): boolean {
  const first = text.charCodeAt(0);
  const mayBe = (first >= 0x30 && first <= 0x39) || first === 0x5b || text.includes(':');
  return mayBe && parseIp(text.replace(/^\[|\]$/g, ''), words);
}

/** A name that the device asked a server for. */
function wanted(learner: Learner, device: Device, name: string, context: MessageContext): void {
  const domain = name.toLowerCase();
  if (domain === '' || isAddressText(domain)) return;
  learner.bound(keepDomain(device, domain), context);
  const { batch, index } = context;
  learner.registry.nameAddress(device.index, formatIpAt(batch.dstIp, index * 4), domain);
}
