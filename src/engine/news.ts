/** What an analysis that goes on has come to know since it was last asked: for whoever watches it. */
import type { Finding } from '../detect/finding.ts';
import { lookupVendor } from '../fingerprint/oui.ts';
import type { Pipeline } from './pipeline.ts';

export interface DeviceNews {
  readonly id: string;
  /** '' when the registry has none. */
  readonly vendor: string;
  /** Its first address, '' when none is known yet. */
  readonly address: string;
}

export interface News {
  readonly devices: readonly DeviceNews[];
  readonly findings: readonly Finding[];
  /** New ones beyond `MAX_NEWS`, which are not told one by one. */
  readonly more: number;
  /** Findings so far. */
  readonly findingCount: number;
}

/** Devices and findings that are told at once at most. */
const MAX_NEWS = 20;
/** Findings that are remembered as told; beyond it some may be told again. */
const MAX_TOLD = 16_384;

/** Asks a pipeline again and again; changes nothing in it. */
export function createNews(pipeline: Pipeline): () => News {
  let knownDevices = 0;
  const told = new Set<string>();
  return () => {
    const all = pipeline.devices.devices;
    const devices = all.slice(knownDevices);
    knownDevices = all.length;
    const current = pipeline.findingsSoFar();
    const findings: Finding[] = [];
    if (told.size > MAX_TOLD) told.clear();
    for (const finding of current) {
      // Its count and summary grow; who did what to whom since when stays.
      const key = `${finding.rule} ${finding.device} ${finding.peer} ${finding.first.seconds}`;
      if (told.has(key)) continue;
      told.add(key);
      findings.push(finding);
    }
    return {
      devices: devices.slice(0, MAX_NEWS).map(({ id, mac, addresses }) => ({
        id,
        vendor: lookupVendor(mac),
        address: addresses.keys().next().value ?? '',
      })),
      findings: findings.slice(0, MAX_NEWS),
      more: Math.max(0, devices.length - MAX_NEWS) + Math.max(0, findings.length - MAX_NEWS),
      findingCount: current.length,
    };
  };
}
