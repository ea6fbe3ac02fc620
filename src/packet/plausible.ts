/**
 * Cheap looks ahead: does an IP or Ethernet header start here? Used where a port number or nothing at all announces
 * what is inside, so that ordinary traffic is not taken for a tunnel.
 */
import { u16, u32 } from '../bytes/endian.ts';
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

/** Prefix of Teredo addresses, 2001::/32 (RFC 4380, section 2.6). */
const TEREDO_PREFIX = 0x2001_0000;

/**
 * An IPv6 packet that fills `bytes[at, end)` to the byte and has a Teredo address at one of its ends: peers talk on ports
 * of their own choice, so nothing else announces it. `capEnd` is where the captured bytes end.
 */
export function looksLikeTeredoPeer(bytes: Uint8Array, at: number, end: number, capEnd: number): boolean {
  if (end - at < 40 || at + 40 > capEnd || bytes[at]! >>> 4 !== 6) return false;
  if (at + 40 + u16(bytes, at + 4) !== end) return false;
  return u32(bytes, at + 8) === TEREDO_PREFIX || u32(bytes, at + 24) === TEREDO_PREFIX;
}
