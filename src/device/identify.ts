import type { Identity } from '../fingerprint/evidence.ts';
import { fuse } from '../fingerprint/fuse.ts';
import { builtInKnowledge, type Knowledge } from '../fingerprint/knowledge.ts';
import type { Device } from './device.ts';

/** Who the device is, from all evidence so far. Costs a pass over the evidence: ask when it is to be shown. */
export function identify(device: Device, knowledge: Knowledge = builtInKnowledge()): Identity {
  const { roles } = device;
  return fuse(device.evidence.values(), device.mac, {
    knowledge,
    domainCount: registrableDomains(device),
    forwards: roles.has('gateway') || roles.has('ipv6-router') || roles.has('dns-server'),
  });
}

/** Different domains by their last two labels: near enough to tell a browser from a device. */
function registrableDomains(device: Device): number {
  const domains = new Set<string>();
  for (const name of device.domains.keys()) domains.add(name.split('.').slice(-2).join('.'));
  return domains.size;
}
