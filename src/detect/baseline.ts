/**
 * What was normal before: the devices of an earlier report, with whom they talked and what they asked for. The engine
 * makes it of a report; detectors compare with it.
 */
export interface Baseline {
  /** Digest of the report that it was made of: what a new report names as its setting. */
  readonly digest: string;
  readonly devices: ReadonlyMap<string, KnownDevice>;
}

export interface KnownDevice {
  /** Ids of local devices, and networks of addresses elsewhere (`networkOf`). */
  readonly peers: ReadonlySet<string>;
  /** Registrable domains. */
  readonly domains: ReadonlySet<string>;
  /** False when the report's list was cut at its bound: what is missing in it may still be known. */
  readonly hasAllPeers: boolean;
  readonly hasAllDomains: boolean;
  /** Bytes that it sent in an hour, on average. */
  readonly bytesOutPerHour: number;
}

/**
 * The network that stands for an address elsewhere: a service has more addresses than one, and next to each other.
 * `198.51.100.0/24` for IPv4; the first three groups for IPv6; anything else as it is.
 */
export function networkOf(address: string): string {
  const lastDot = address.lastIndexOf('.');
  if (lastDot > 0 && !address.includes(':')) return `${address.slice(0, lastDot)}.0/24`;
  const groups = address.split(':');
  return groups.length > 3 && !address.startsWith('ip:') && !isMacText(address)
    ? `${groups.slice(0, 3).join(':')}::/48`
    : address;
}

function isMacText(text: string): boolean {
  return text.length === 17 && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text);
}
