/**
 * Bounds of what is kept, so that a hostile network costs bounded memory. Reaching `devices` is counted as
 * `device/limit`, reaching any other as `device/list-limit`.
 */
export const LIMIT = {
  /** Devices, unless the caller says otherwise. */
  devices: 16_384,
  /** Share of `devices` that any MAC may take at its first frame; beyond it a MAC must be heard again. */
  unconfirmedShare: 0.25,
  /** MACs that wait for a second frame, for this reason or because their frame was not understood (direct mapped: a newer one displaces an older one). */
  waiting: 4096,
  namesPerDevice: 32,
  servicesPerDevice: 128,
  domainsPerDevice: 512,
  peersPerDevice: 256,
  /** Of these, peers that never answered: a scan must not displace those that did. */
  silentPeersPerDevice: 64,
  peers: 131_072,
  portsPerPeer: 16,
  evidencePerDevice: 256,
  fingerprintKinds: 32,
  fingerprintsPerKind: 32,
  /** Addresses whose name was seen in a DNS answer or a TLS or HTTP request. */
  resolvedNames: 65_536,
} as const;
