/** What a device does, as a set of traits that survive a change of its addresses. */
import type { ReportDevice } from '../schema.ts';

/** Trait → weight: the more telling, the heavier. */
export type Behaviour = ReadonlyMap<string, number>;

const WEIGHT = {
  model: 3,
  brand: 1,
  category: 1,
  vendor: 1,
  fingerprint: 2,
  service: 1,
  domain: 1,
  name: 2,
} as const;
/** Less than this in common says nothing, however equal: two silent devices are not one. */
const LEAST_COMMON_WEIGHT = 5;

export function behaviourOf(device: ReportDevice): Behaviour {
  const traits = new Map<string, number>();
  const add = (kind: keyof typeof WEIGHT, value: string) => {
    if (value !== '' && value !== 'unknown') traits.set(`${kind}\0${value}`, WEIGHT[kind]);
  };
  add('brand', device.identity.brand);
  add('model', device.identity.model);
  add('category', device.identity.category);
  add('vendor', device.vendor);
  for (const [kind, values] of Object.entries(device.fingerprints)) {
    for (const value of values) add('fingerprint', `${kind} ${value}`);
  }
  for (const { name, port } of device.services) add('service', `${name} ${port}`);
  for (const { name } of device.domains) add('domain', name);
  for (const { name } of device.names) add('name', name);
  return traits;
}

/** 0–1: weight in common over weight of all (weighted Jaccard index). Symmetric. */
export function similarity(a: Behaviour, b: Behaviour): number {
  let common = 0;
  let all = 0;
  for (const [trait, weight] of a) {
    all += weight;
    if (b.has(trait)) common += weight;
  }
  for (const [trait, weight] of b) if (!a.has(trait)) all += weight;
  return common < LEAST_COMMON_WEIGHT ? 0 : common / all;
}
