/** Linux capabilities of this process, as capabilities(7) numbers them. */
import { readFileSync } from 'node:fs';

export const CAPABILITY = {
  CAP_DAC_OVERRIDE: 1,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
export type Capability = keyof typeof CAPABILITY;

/** Sets of one thread, a bit for each capability. */
export interface CapabilitySets {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly ambient: bigint;
}

/** Of the main thread, or of the thread with this id; null where the system has none (not Linux). */
export function capabilitySets(thread?: string): CapabilitySets | null {
  try {
    const status = readFileSync(
      `/proc/self/${thread === undefined ? '' : `task/${thread}/`}status`,
      'latin1',
    );
    const set = (name: string): bigint =>
      BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)![1]}`);
    return { effective: set('CapEff'), permitted: set('CapPrm'), ambient: set('CapAmb') };
  } catch {
    return null;
  }
}

export function hasCapability(set: bigint, name: Capability): boolean {
  return ((set >> BigInt(CAPABILITY[name])) & 1n) === 1n;
}

export function setOf(names: readonly Capability[]): bigint {
  return names.reduce((set, name) => set | (1n << BigInt(CAPABILITY[name])), 0n);
}
