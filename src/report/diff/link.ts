/**
 * Linked identity: a device that came back under another MAC address. Two devices are one when they share a DHCP client
 * identifier or DUID that no other unmatched device has, or when each is linked, within its own report, with the same
 * device of both (a phone with a third address that both captures saw).
 */
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
  for (const [token, [deviceA, ...othersA]] of ownersA) {
    const [deviceB, ...othersB] = ownersB.get(token) ?? [];
    if (deviceA === undefined || deviceB === undefined || othersA.length > 0 || othersB.length > 0) continue;
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

/** Identifiers, and settled devices that a device is linked with → who has them. */
function ownersOfTokens(
  devices: readonly ReportDevice[],
  placeOf: ReadonlyMap<string, string>,
): Map<string, ReportDevice[]> {
  const owners = new Map<string, ReportDevice[]>();
  for (const device of devices) {
    const tokens = new Set(IDENTIFIERS.flatMap((kind) => device.fingerprints[kind] ?? []));
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
