/**
 * Teredo, RFC 4380, section 5.1.1: optional authentication and origin indications, then IPv6. Trailers are ignored.
 * Servers and relays are found by port, peers by content (`looksLikeTeredoPeer`).
 */
import { u16 } from '../../bytes/endian.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeIpv6 } from '../plausible.ts';

const INDICATION_ORIGIN = 0;
const INDICATION_AUTHENTICATION = 1;

export function decodeTeredo(walk: Walk): Next {
  const { bytes, offset } = walk;
  let inner = offset;
  if (walk.holds(inner, 4) && u16(bytes, inner) === INDICATION_AUTHENTICATION) {
    // Client identifier and authentication value, then a nonce of eight bytes and a confirmation byte.
    inner += 4 + bytes[inner + 2]! + bytes[inner + 3]! + 9;
  }
  if (walk.holds(inner, 8) && u16(bytes, inner) === INDICATION_ORIGIN) inner += 8;
  if (!looksLikeIpv6(walk, inner) || !walk.enterTunnel()) return NEXT.done;
  walk.offset = inner;
  return walk.nextEtherType(0x86dd);
}
