/** Frames of IPv6 neighbour discovery. */
import { be16, bytesOf, ether, icmp, ipBytes, ipv6, macBytes } from '../packet/build-frame.ts';
import type { Host } from './scene.ts';

export const OVERRIDE = 0x20;
export const SOLICITED = 0x40;
const ALL_NODES = { ip: 'ff02::1', mac: '33:33:00:00:00:01' };

interface Ends {
  readonly from: Host;
  /** All nodes when absent. */
  readonly to?: Host;
  /** Link-local addresses end in the last octet of the IPv4 address where none is given. */
  readonly source?: string;
  readonly destination?: string;
  readonly hopLimit?: number;
  /** In the link-layer address option; the sender's own when absent. */
  readonly linkMac?: string;
}

export const linkLocal = ({ ip }: Host): string => `fe80::${Number(ip.split('.').at(-1)).toString(16)}`;

function frame(ends: Ends, type: number, body: Uint8Array): Uint8Array {
  const { from, to = ALL_NODES, source = linkLocal(from), hopLimit = 255 } = ends;
  const { destination = to === ALL_NODES ? ALL_NODES.ip : linkLocal(to) } = ends;
  return ether(
    { src: from.mac, dst: to.mac, type: 0x86dd },
    ipv6({ src: source, dst: destination, nextHeader: 58, hopLimit }, icmp(type, 0, body)),
  );
}

/** A neighbour advertisement for `target`. */
export function advertised(ends: Ends & { readonly target: string; readonly flags?: number }): Uint8Array {
  const { target, flags = OVERRIDE, linkMac = ends.from.mac } = ends;
  return frame(ends, 136, bytesOf([flags, 0, 0, 0], ipBytes(target), [2, 1], macBytes(linkMac)));
}

/** A neighbour solicitation for `target`. */
export function solicited(ends: Ends & { readonly target: string }): Uint8Array {
  return frame(ends, 135, bytesOf(be16(0), be16(0), ipBytes(ends.target), [1, 1], macBytes(ends.from.mac)));
}

/** A router advertisement with one prefix. */
export function routed(ends: Ends & { readonly lifetime: number; readonly prefix: string }): Uint8Array {
  const { lifetime, prefix, linkMac = ends.from.mac } = ends;
  const options = bytesOf(
    [1, 1],
    macBytes(linkMac),
    [3, 4, 64, 0xc0, 0, 0, 14, 16, 0, 0, 14, 16, 0, 0, 0, 0],
    ipBytes(prefix),
  );
  return frame(ends, 134, bytesOf([64, 0], be16(lifetime), new Uint8Array(8), options));
}
