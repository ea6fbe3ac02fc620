/**
 * Linked identity: a device that came back under another MAC address. Two devices are one when they share what names one
 * system alone — a DHCP client identifier or DUID, the interface identifier of a link-local address — and no other
 * unmatched device has it, or when each is linked, within its own report, with the same device of both (a phone with a
 * third address that both captures saw).
 */
import { by, compareText } from '../../bytes/order.ts';
import type { ReportDevice } from '../schema.ts';
import type { DevicePair } from './match.ts';

/** Kinds of fingerprints that name one system. */
const IDENTIFIERS = ['dhcp-client-id', 'dhcpv6-client-id'] as const;

/** Pairs among the unmatched devices; `settled` are the pairs that are known already. */
export function matchByLink(
  a: readonly ReportDevice[],
  b: readonly ReportDevice[],
  settled: readonly DevicePair[],
): DevicePair[] {
  // The same thing has to have one name on both sides: a settled pair goes by its place.
  const places = settled.map((pair, place) => [pair, `pair ${place}`] as const);
  const ownersA = ownersOfTokens(a, new Map(places.map(([pair, place]) => [pair.a.id, place])));
  const ownersB = ownersOfTokens(b, new Map(places.map(([pair, place]) => [pair.b.id, place])));
  const partnersA = new Map<ReportDevice, Set<ReportDevice>>();
  const partnersB = new Map<ReportDevice, Set<ReportDevice>>();
  for (const [token, owners] of ownersA) {
    const deviceA = soleOwner(owners);
    const deviceB = soleOwner(ownersB.get(token) ?? []);
    if (deviceA === null || deviceB === null) continue;
    addTo(partnersA, deviceA, deviceB);
    addTo(partnersB, deviceB, deviceA);
  }
  return [...partnersA].flatMap(([deviceA, partners]) => {
    const [deviceB] = partners;
    return partners.size === 1 && partnersB.get(deviceB!)!.size === 1
      ? [{ a: deviceA, b: deviceB!, by: 'link' as const }]
      : [];
  });
}

/**
 * Whose something is that several devices have: theirs when they are one by their report (a phone that changed its
 * address meanwhile), and then the one seen last; null when it is not one device's alone.
 */
export function soleOwner(owners: readonly ReportDevice[]): ReportDevice | null {
  const [last] = [...owners].sort(latestFirst);
  if (last === undefined) return null;
  const reached = new Set([last.id]);
  // Links name both ends; every round reaches one owner more, or ends.
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { id, links } of owners) {
      const isLinked = links.some(({ kind, device }) => kind === 'changed-address' && reached.has(device));
      if (isLinked) reached.add(id);
    }
  }
  return owners.every(({ id }) => reached.has(id)) ? last : null;
}

const latestFirst = by<ReportDevice>(
  (a, b) => compareText(b.lastSeen, a.lastSeen),
  (a, b) => compareText(a.id, b.id),
);

/** Identifiers, and settled devices that a device is linked with → who has them. */
function ownersOfTokens(
  devices: readonly ReportDevice[],
  placeOf: ReadonlyMap<string, string>,
): Map<string, ReportDevice[]> {
  const owners = new Map<string, ReportDevice[]>();
  for (const device of devices) {
    const tokens = new Set(IDENTIFIERS.flatMap((kind) => device.fingerprints[kind] ?? []));
    for (const { address } of device.addresses) {
      if (isOwnLinkLocal(address)) tokens.add(address);
    }
    for (const link of device.links) {
      const place = placeOf.get(link.device);
      if (place !== undefined) tokens.add(place);
    }
    for (const token of tokens) {
      const known = owners.get(token);
      if (known === undefined) owners.set(token, [device]);
      else known.push(device);
    }
  }
  return owners;
}

function addTo(map: Map<ReportDevice, Set<ReportDevice>>, key: ReportDevice, value: ReportDevice): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/**
 * A link-local address whose interface identifier no two devices share by chance: one of 64 bits (RFC 7217, RFC 8981).
 * One made of a MAC address (EUI-64) says no more than that, and short ones are given by hand.
 */
function isOwnLinkLocal(address: string): boolean {
  const groups = /^fe80::([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)$/.exec(address);
  return groups !== null && !(/ff$/.test(groups[2]!) && /^fe[0-9a-f]{2}$/.test(groups[3]!));
}
