/**
 * Peers and actors under names that both reports share. A device of the network is the same whatever its addresses
 * are now; a server of the internet is its name, since its addresses change with every look-up.
 */
import type { ReportDevice } from '../schema.ts';
import type { DeviceMatches } from './match.ts';

export type PeerToken = (peer: string, name?: string) => string;

/** For each report: device id or address → token; tokens are for comparison only. `name` stands in for an address. */
export interface PeerNaming {
  readonly a: PeerToken;
  readonly b: PeerToken;
}

export function peerNaming({ pairs, onlyA, onlyB }: DeviceMatches): PeerNaming {
  const tokensA = new Map<string, string>();
  const tokensB = new Map<string, string>();
  for (const [i, pair] of pairs.entries()) {
    claimAll(tokensA, pair.a, `pair ${i}`);
    claimAll(tokensB, pair.b, `pair ${i}`);
  }
  for (const device of onlyA) claimAll(tokensA, device, `only a ${device.id}`);
  for (const device of onlyB) claimAll(tokensB, device, `only b ${device.id}`);
  const lookUp =
    (tokens: ReadonlyMap<string, string>) =>
    (peer: string, name = '') =>
      tokens.get(peer) ?? (name !== '' ? `name ${name}` : `peer ${peer}`);
  return { a: lookUp(tokensA), b: lookUp(tokensB) };
}

function claimAll(tokens: Map<string, string>, device: ReportDevice, token: string): void {
  tokens.set(device.id, token);
  for (const { address } of device.addresses) if (!tokens.has(address)) tokens.set(address, token);
}
