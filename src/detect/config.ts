import { parseMac } from '../bytes/address.ts';
import { LanscopeError } from '../bytes/error.ts';
import { type Threshold, THRESHOLDS, type Rule, type Thresholds } from './thresholds.ts';

/** Findings that a person knows and does not want to see again. */
export interface Suppression {
  /** Rule id, or `*`. */
  readonly rule: string;
  /** Device id, address, or '' for any. */
  readonly device: string;
  readonly peer: string;
  /** Why; required, so that it can be judged later. */
  readonly reason: string;
  /** Last day it holds, `YYYY-MM-DD` in packet time (UTC); '' for ever. */
  readonly until: string;
}

/** A month. */
const MAX_LEARN_SECONDS = 31 * 86_400;

/** Everything that detectors can be told. */
export interface DetectConfig {
  readonly thresholds: Thresholds;
  readonly suppressions: readonly Suppression[];
  /** Ids of the devices of a baseline; null without one: then what is there at first is taken as known. */
  readonly knownDevices: readonly string[] | null;
  /** Digest of the report that says what is normal; '' without one. The report itself is given beside the settings. */
  readonly baseline: string;
  /** Seconds from the start of the capture in which whatever is met for the first time is normal; 0 for none. */
  readonly learnSeconds: number;
  /** Device ids or addresses that may scan: vulnerability scanners, monitoring. */
  readonly trusted: readonly string[];
  /** Device ids or addresses of routers, NAT and proxies: what they pass on is not theirs. */
  readonly gateways: readonly string[];
  /** Device ids or addresses of the DHCP servers that belong here; empty: not known. */
  readonly dhcpServers: readonly string[];
}

export const DEFAULT_DETECT_CONFIG: DetectConfig = {
  thresholds: defaults(),
  suppressions: [],
  knownDevices: null,
  baseline: '',
  learnSeconds: 0,
  trusted: [],
  gateways: [],
  dhcpServers: [],
};

/**
 * Reads the `detect` part of a configuration file:
 * `{ "thresholds": { "port-scan": { "ports": 50 } }, "suppressions": [...], "trusted": [...], "dhcpServers": [...],
 * "gateways": [...], "knownDevices": [...], "learnSeconds": 3600 }`. Throws `CONFIG_INVALID` with the key that is wrong.
 */
export function parseDetectConfig(value: unknown): DetectConfig {
  const config = record(value, 'detect');
  for (const key of Object.keys(config)) {
    if (!Object.hasOwn(DEFAULT_DETECT_CONFIG, key)) invalid(`detect.${key}`, 'is not a setting');
  }
  return {
    thresholds: readThresholds(config['thresholds'] ?? {}),
    suppressions: list(config['suppressions'] ?? [], 'detect.suppressions').map(readSuppression),
    knownDevices:
      config['knownDevices'] === undefined
        ? null
        : identifiers(config['knownDevices'], 'detect.knownDevices'),
    baseline: baselineDigest(config['baseline'] ?? ''),
    learnSeconds: learnSeconds(config['learnSeconds'] ?? 0),
    gateways: identifiers(config['gateways'] ?? [], 'detect.gateways'),
    trusted: identifiers(config['trusted'] ?? [], 'detect.trusted'),
    dhcpServers: identifiers(config['dhcpServers'] ?? [], 'detect.dhcpServers'),
  };
}

function defaults(): Thresholds {
  return Object.fromEntries(
    Object.entries(THRESHOLDS).map(([rule, values]) => [
      rule,
      Object.fromEntries(Object.entries(values).map(([name, threshold]) => [name, threshold.default])),
    ]),
  ) as Thresholds;
}

function readThresholds(value: unknown): Thresholds {
  const result = defaults() as Record<Rule, Record<string, number>>;
  for (const [rule, overrides] of Object.entries(record(value, 'detect.thresholds'))) {
    const known = (THRESHOLDS as Record<string, Record<string, Threshold>>)[rule];
    if (known === undefined) invalid(`detect.thresholds.${rule}`, 'is not a rule');
    for (const [name, wanted] of Object.entries(record(overrides, `detect.thresholds.${rule}`))) {
      const key = `detect.thresholds.${rule}.${name}`;
      const threshold = known[name];
      if (threshold === undefined) invalid(key, 'is not a threshold of this rule');
      const { min, max, unit } = threshold;
      if (typeof wanted !== 'number' || !(wanted >= min && wanted <= max)) {
        invalid(key, `must be a number from ${min} to ${max} (${unit})`);
      }
      result[rule as Rule][name] = wanted;
    }
  }
  return result as Thresholds;
}

function readSuppression(value: unknown, index: number): Suppression {
  const key = `detect.suppressions[${index}]`;
  const entry = record(value, key);
  const text = (name: string): string => {
    const found = entry[name] ?? '';
    if (typeof found !== 'string') invalid(`${key}.${name}`, 'must be text');
    return found;
  };
  for (const name of Object.keys(entry)) {
    if (!['rule', 'device', 'peer', 'reason', 'until'].includes(name))
      invalid(`${key}.${name}`, 'is not a setting');
  }
  if (text('rule') === '') invalid(`${key}.rule`, 'must name a rule, or be "*"');
  if (text('reason') === '') invalid(`${key}.reason`, 'must say why');
  if (!/^(?:\d{4}-\d{2}-\d{2})?$/.test(text('until'))) invalid(`${key}.until`, 'must be a day, YYYY-MM-DD');
  const device = text('device');
  return {
    rule: text('rule'),
    device: parseMac(device) >= 0 ? device.toLowerCase() : device,
    peer: text('peer'),
    reason: text('reason'),
    until: text('until'),
  };
}

function baselineDigest(value: unknown): string {
  if (typeof value === 'string' && /^(?:[0-9a-f]{64})?$/.test(value)) return value;
  invalid('detect.baseline', 'must be the digest of a report');
}

function learnSeconds(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= MAX_LEARN_SECONDS) return value;
  invalid('detect.learnSeconds', `must be a number from 0 to ${MAX_LEARN_SECONDS} (seconds)`);
}

function identifiers(value: unknown, key: string): string[] {
  return list(value, key).map((entry, index) => {
    if (typeof entry !== 'string' || entry === '')
      invalid(`${key}[${index}]`, 'must be a device id or an address');
    return entry.toLowerCase();
  });
}

function record(value: unknown, key: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) invalid(key, 'must be an object');
  return value as Record<string, unknown>;
}

function list(value: unknown, key: string): unknown[] {
  if (!Array.isArray(value)) invalid(key, 'must be a list');
  return value;
}

function invalid(key: string, problem: string): never {
  throw new LanscopeError(
    'CONFIG_INVALID',
    `${key} ${problem}`,
    'See the list of detection thresholds in the documentation.',
  );
}
