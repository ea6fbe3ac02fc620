import { formatIpAt } from '../bytes/address.ts';
import { keepEvidence } from './keep.ts';
import type { Device } from './device.ts';
import type { Learner } from './learn.ts';
import type { DeviceRegistry } from './registry.ts';
import { virtualMac } from './virtual-mac.ts';

/** Sources of the evidence that roles are. */
const BEHAVIOUR = 'behaviour';
const VIRTUAL = 'mac.virtual';

/** What can only be said when everything was seen: which addresses are whose, and who is a router. */
export function conclude(registry: DeviceRegistry, learner: Learner): void {
  listAddresses(registry, 0);
  for (const device of registry.devices) concludeRoles(registry, learner, device);
}

export function concludeRoles({ addresses }: DeviceRegistry, learner: Learner, device: Device): void {
  const { namedRouters } = learner;
  for (const router of namedRouters) {
    if (addresses.provenOwner(0, 0, 0xffff, router) !== device.index) continue;
    // Where servers disagree, being named is not enough: a rogue server names itself.
    if (namedRouters.size === 1 || addresses.isHandedPublic(device.index)) device.roles.add('gateway');
  }
  if (addresses.forwards(device.index)) device.roles.add('gateway');
  addRoleEvidence(device);
}

/** Takes back what `concludeRoles` said: more packets come, and nothing may hang on when somebody looked. */
export function withdrawRoles({ roles, evidence }: Device): void {
  roles.delete('gateway');
  for (const [key, { source }] of evidence) {
    if (source === BEHAVIOUR || source === VIRTUAL) evidence.delete(key);
  }
}

/** Lists the addresses of entry `from` on with their devices; of all entries anew when `from` is 0. */
export function listAddresses(registry: DeviceRegistry, from: number): void {
  const book = registry.addresses;
  if (from === 0) for (const device of registry.devices) device.addresses.clear();
  for (let entry = from; entry < book.table.size; entry++) {
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
    keepEvidence(device, { source: VIRTUAL, value: virtualMac(device.mac), supports, weight: 0.9 });
  }
  if (roles.has('gateway') || roles.has('ipv6-router')) {
    const serves = roles.has('dhcp-server') || (roles.has('gateway') && roles.has('ipv6-router'));
    const supports = { category: 'router' } as const;
    keepEvidence(device, { source: BEHAVIOUR, value, supports, weight: serves ? 0.85 : 0.65 });
  }
}
