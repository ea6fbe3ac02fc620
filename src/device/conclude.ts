import { formatIpAt } from '../bytes/address.ts';
import { keepEvidence } from './keep.ts';
import type { Device } from './device.ts';
import type { Learner } from './learn.ts';
import type { DeviceRegistry } from './registry.ts';
import { virtualMac } from './virtual-mac.ts';

/** What can only be said when everything was seen: which addresses are whose, and who is a router. */
export function conclude(registry: DeviceRegistry, learner: Learner): void {
  listAddresses(registry);
  for (const router of learner.namedRouters) {
    const owner = registry.addresses.provenOwner(0, 0, 0xffff, router);
    // Where servers disagree, being named is not enough: a rogue server names itself.
    if (owner >= 0 && (learner.namedRouters.size === 1 || registry.addresses.isHandedPublic(owner))) {
      registry.devices[owner]!.roles.add('gateway');
    }
  }
  for (const device of registry.devices) {
    if (registry.addresses.forwards(device.index)) device.roles.add('gateway');
    addRoleEvidence(device);
  }
}

function listAddresses(registry: DeviceRegistry): void {
  const book = registry.addresses;
  for (let entry = 0; entry < book.table.size; entry++) {
    if (!book.owns(entry)) continue;
    const address = formatIpAt(book.table.words, entry * 4);
    registry.devices[book.table.owners[entry]!]!.addresses.set(address, {
      address,
      sources: book.sourcesOf(entry),
      firstSeconds: book.firstSeconds(entry),
      lastSeconds: book.lastSeconds(entry),
    });
  }
}

/** Routers by behaviour. A DHCP server alone may be any server; forwarding alone may be a computer that shares. */
function addRoleEvidence(device: Device): void {
  const { roles } = device;
  const value = [...roles].sort().join(', ');
  if (roles.has('virtual-router')) {
    const supports = { category: 'router' } as const;
    keepEvidence(device, { source: 'mac.virtual', value: virtualMac(device.mac), supports, weight: 0.9 });
  }
  if (roles.has('gateway') || roles.has('ipv6-router')) {
    const serves = roles.has('dhcp-server') || (roles.has('gateway') && roles.has('ipv6-router'));
    const supports = { category: 'router' } as const;
    keepEvidence(device, { source: 'behaviour', value, supports, weight: serves ? 0.85 : 0.65 });
  }
}
