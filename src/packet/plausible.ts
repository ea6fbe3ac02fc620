/**
 * Cheap looks ahead: does an IP or Ethernet header start here? Used where a port number or nothing at all announces
 * what is inside, so that ordinary traffic is not taken for a tunnel.
 */
import { u16 } from '../bytes/endian.ts';
import { isKnownEtherType } from './ether-type.ts';
import type { Walk } from './walk.ts';

/** Version 4, and lengths that fit between `at` and the end of what encloses it. */
export function looksLikeIpv4(walk: Walk, at: number): boolean {
  if (!walk.holds(at, 20)) return false;
  const { bytes } = walk;
  const headerLength = (bytes[at]! & 15) * 4;
  const totalLength = u16(bytes, at + 2);
  return (
    bytes[at]! >>> 4 === 4 &&
    headerLength >= 20 &&
    totalLength >= headerLength &&
    at + totalLength <= walk.end
  );
}

export function looksLikeIpv6(walk: Walk, at: number): boolean {
  if (!walk.holds(at, 40)) return false;
  return walk.bytes[at]! >>> 4 === 6 && at + 40 + u16(walk.bytes, at + 4) <= walk.end;
}

/** A registered EtherType, or an 802.3 length that fits with LLC behind it; the source is no group address. */
export function looksLikeEthernet(walk: Walk, at: number): boolean {
  if (!walk.holds(at, 14) || walk.bytes[at + 6]! & 1) return false;
  const type = u16(walk.bytes, at + 12);
  return type > 1500 ? isKnownEtherType(type) : type >= 3 && at + 14 + type <= walk.end;
}
