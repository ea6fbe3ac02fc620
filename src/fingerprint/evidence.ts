/**
 * Evidence: one thing that was seen and what it says about who a device is. Identity: the fusion of all evidence.
 */

export const CATEGORIES = [
  'camera',
  'doorbell',
  'lock',
  'plug',
  'switch',
  'light',
  'hub',
  'sensor',
  'thermostat',
  'speaker',
  'tv',
  'streamer',
  'printer',
  'phone',
  'tablet',
  'computer',
  'server',
  'nas',
  'router',
  'access-point',
  'network-switch',
  'voip',
  'wearable',
  'scale',
  'appliance',
  'vacuum',
  'game-console',
  'sbc',
  'industrial',
  'vehicle',
  'toy',
  'unknown',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a piece of evidence supports; fields that it says nothing about are absent. */
export interface Support {
  readonly brand?: string;
  readonly model?: string;
  readonly category?: Category;
  readonly os?: string;
}

export interface Evidence {
  /** Where it was seen: `oui`, `dhcp.hostName`, `dhcp.vendorClass`, `mdns.txt.md`, `ssdp.server`, `dns.query`, … */
  readonly source: string;
  /** What was seen, as it was on the wire (bounded, unescaped). */
  readonly value: string;
  readonly supports: Support;
  /** 0–1: the chance that the support is right when this evidence stands alone. */
  readonly weight: number;
}

/** Who a device is. Empty text and `unknown` mean not known. */
export interface Identity {
  readonly brand: string;
  readonly model: string;
  readonly category: Category;
  readonly os: string;
  /** 0–1: the chance that brand and category, as given, are right; 0 when both are unknown. */
  readonly confidence: number;
  /** Strongest first, bounded. */
  readonly evidence: readonly Evidence[];
  /** Why something stayed unknown, or what contradicts; one sentence each. */
  readonly notes: readonly string[];
}
