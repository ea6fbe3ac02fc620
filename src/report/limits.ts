/**
 * Bounds of the lists of a report: what keeps the report of a hostile capture readable and small. Beyond a bound the
 * least telling entries are left out, and `omitted` says how many.
 */
export const LIMIT = {
  devices: 65_536,
  findings: 10_000,
  /** Per device. */
  addresses: 64,
  names: 64,
  links: 16,
  services: 128,
  domains: 256,
  peers: 256,
  portsPerPeer: 16,
  evidence: 64,
  fingerprintsPerKind: 32,
  /** Per input. */
  interfaces: 256,
  comments: 32,
  hostNames: 256,
} as const;
