import type { Identity } from '../fingerprint/evidence.ts';
import { fuse } from '../fingerprint/fuse.ts';
import { builtInKnowledge, type Knowledge } from '../fingerprint/knowledge.ts';
import type { Device } from './device.ts';

/** Who the device is, from all evidence so far. Costs a pass over the evidence: ask when it is to be shown. */
export function identify(device: Device, knowledge: Knowledge = builtInKnowledge()): Identity {
  const { roles } = device;
  const identity = fuse(device.evidence.values(), device.mac, {
    knowledge,
    domainCount: registrableDomains(device),
    forwards: roles.has('gateway') || roles.has('ipv6-router') || roles.has('dns-server'),
  });
  const isOpen = identity.brand === '' || identity.category === 'unknown';
  const missing = isOpen ? notSeen(device) : [];
  if (missing.length === 0) return identity;
  const note = `Not seen of it, and likely to tell more: ${missing.join('; ')}.`;
  return { ...identity, notes: [...identity.notes, note] };
}

/** Ways in which devices tell most about themselves, apart from those that this one used. */
function notSeen(device: Device): string[] {
  const { fingerprints, services, domains } = device;
  const announced = [...services.values()].some(({ source }) => source === 'mdns' || source === 'ssdp');
  return [
    fingerprints.has('dhcp') ? '' : 'its DHCP request, which it sends when it joins',
    announced ? '' : 'announcements over mDNS or SSDP',
    domains.size > 0 ? '' : 'the names that it looks up',
  ].filter((way) => way !== '');
}

/** Different domains by their last two labels: near enough to tell a browser from a device. */
function registrableDomains(device: Device): number {
  const domains = new Set<string>();
  for (const name of device.domains.keys()) {
    const dot = name.lastIndexOf('.');
    // Of a name without a second dot, -1 + 1 keeps all.
    domains.add(dot <= 0 ? name : name.slice(name.lastIndexOf('.', dot - 1) + 1));
  }
  return domains.size;
}
