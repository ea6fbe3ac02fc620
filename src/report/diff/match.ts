/**
 * Which device of report a is which of report b. By id (the MAC address) first; then by linked identity (`link.ts`);
 * then by a name that is unique on both sides and fits; then by behaviour. Symmetric: swapping the reports swaps the pairs and nothing else.
 */
import type { Report, ReportDevice } from '../schema.ts';
import { behaviourOf, similarity } from './behaviour.ts';
import { matchByLink, soleOwner } from './link.ts';

export type MatchReason = 'mac' | 'link' | 'name' | 'behaviour';

export interface DevicePair {
  readonly a: ReportDevice;
  readonly b: ReportDevice;
  readonly by: MatchReason;
}

export interface DeviceMatches {
  readonly pairs: readonly DevicePair[];
  readonly onlyA: readonly ReportDevice[];
  readonly onlyB: readonly ReportDevice[];
}

/** Pairs compared by behaviour at most; beyond it (hundreds of unknown devices a side) that step is left out. */
const MAX_COMPARISONS = 250_000;
/** Similarity from which two devices are taken for one. */
const LEAST_SIMILARITY = 0.6;

export function matchDevices(a: Report, b: Report): DeviceMatches {
  const pairs: DevicePair[] = [];
  let onlyA = a.devices;
  let onlyB = b.devices;
  const settle = (found: readonly DevicePair[]) => {
    pairs.push(...found);
    const takenA = new Set(found.map((pair) => pair.a));
    const takenB = new Set(found.map((pair) => pair.b));
    onlyA = onlyA.filter((device) => !takenA.has(device));
    onlyB = onlyB.filter((device) => !takenB.has(device));
  };
  settle(matchById(onlyA, onlyB));
  settle(matchByLink(onlyA, onlyB, pairs));
  settle(matchByName(onlyA, onlyB));
  settle(matchByBehaviour(onlyA, onlyB));
  return { pairs, onlyA, onlyB };
}

function matchById(a: readonly ReportDevice[], b: readonly ReportDevice[]): DevicePair[] {
  const byId = new Map(b.map((device) => [device.id, device]));
  return a.flatMap((device) => {
    const other = byId.get(device.id);
    return other === undefined ? [] : [{ a: device, b: other, by: 'mac' as const }];
  });
}

/**
 * A randomised MAC address changes and a name stays: devices that share a name which no other unmatched device of
 * either side has (`soleOwner`), and that do not contradict each other in brand or category.
 */
function matchByName(a: readonly ReportDevice[], b: readonly ReportDevice[]): DevicePair[] {
  const ownersA = ownersOfNames(a);
  const ownersB = ownersOfNames(b);
  const candidates = new Map<ReportDevice, Set<ReportDevice>>();
  const claims = new Map<ReportDevice, Set<ReportDevice>>();
  for (const [name, owners] of ownersA) {
    const deviceA = soleOwner(owners);
    const deviceB = soleOwner(ownersB.get(name) ?? []);
    if (deviceA === null || deviceB === null) continue;
    if (!agree(deviceA, deviceB)) continue;
    claim(candidates, deviceA, deviceB);
    claim(claims, deviceB, deviceA);
  }
  const pairs: DevicePair[] = [];
  for (const [deviceA, bs] of candidates) {
    const [deviceB] = bs;
    if (bs.size === 1 && claims.get(deviceB!)!.size === 1)
      pairs.push({ a: deviceA, b: deviceB!, by: 'name' });
  }
  return pairs;
}

function ownersOfNames(devices: readonly ReportDevice[]): Map<string, ReportDevice[]> {
  const owners = new Map<string, ReportDevice[]>();
  for (const device of devices) {
    for (const name of new Set(device.names.map((entry) => entry.name.toLowerCase()))) {
      const known = owners.get(name);
      if (known === undefined) owners.set(name, [device]);
      else known.push(device);
    }
  }
  return owners;
}

function agree({ identity: a }: ReportDevice, { identity: b }: ReportDevice): boolean {
  const fits = (x: string, y: string) =>
    x === '' || y === '' || x === 'unknown' || y === 'unknown' || x === y;
  return fits(a.brand, b.brand) && fits(a.category, b.category);
}

function claim(claims: Map<ReportDevice, Set<ReportDevice>>, of: ReportDevice, on: ReportDevice): void {
  const known = claims.get(of);
  if (known === undefined) claims.set(of, new Set([on]));
  else known.add(on);
}

/** Each other's single most similar device, when similar enough. */
function matchByBehaviour(a: readonly ReportDevice[], b: readonly ReportDevice[]): DevicePair[] {
  if (a.length * b.length > MAX_COMPARISONS) return [];
  const traitsA = a.map(behaviourOf);
  const traitsB = b.map(behaviourOf);
  const bestOfB = traitsB.map((traits) => singleBest(traitsA.map((other) => similarity(other, traits))));
  return a.flatMap((device, i) => {
    const j = singleBest(traitsB.map((other) => similarity(traitsA[i]!, other)));
    return j >= 0 && bestOfB[j] === i ? [{ a: device, b: b[j]!, by: 'behaviour' as const }] : [];
  });
}

/** Index of the highest value when it is high enough and no other is as high; -1 otherwise. */
function singleBest(values: readonly number[]): number {
  let best = -1;
  let tied = false;
  for (const [i, value] of values.entries()) {
    if (value < LEAST_SIMILARITY || (best >= 0 && value < values[best]!)) continue;
    tied = best >= 0 && value === values[best];
    best = i;
  }
  return tied ? -1 : best;
}
