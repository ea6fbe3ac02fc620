/**
 * GRE, RFC 2784 with key and sequence number (RFC 2890), PPTP's version 1 (RFC 2637), and ERSPAN I to III on top of it.
 * Checksums, keys and sequence numbers are ignored; source routing (RFC 1701) is not supported.
 */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const VERSION = 0x0007;

const PROTOCOL_ETHERNET = 0x6558;
const PROTOCOL_PPP = 0x880b;
const PROTOCOL_ERSPAN = 0x88be;
const PROTOCOL_ERSPAN3 = 0x22eb;
const ERSPAN_VERSION_2 = 1;
const ERSPAN_VERSION_3 = 2;
const PROTOCOL_WLAN = 0x9000;
/** IPv4, ARP, IPv6, MPLS, VLAN tags. */
const INNER_ETHER_TYPES: ReadonlySet<number> = new Set([
  0x0800, 0x0806, 0x86dd, 0x8847, 0x8848, 0x8100, 0x88a8,
]);
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_PPP = 9;
const LINKTYPE_WLAN = 105;

export function decodeGre(walk: Walk): Next {
  if (!walk.has(4, ISSUE['tunnel/header-short'])) return walk.payload();
  const { bytes, offset } = walk;
  const flags = u16(bytes, offset);
  const protocol = u16(bytes, offset + 2);
  const version = flags & VERSION;
  if (version > 1 || flags & ROUTING || (version === 1 && protocol !== PROTOCOL_PPP)) {
    walk.note(ISSUE['tunnel/unsupported'], offset);
    return walk.payload();
  }
  const length =
    4 +
    (flags & CHECKSUM ? 4 : 0) +
    (flags & KEY ? 4 : 0) +
    (flags & SEQUENCE ? 4 : 0) +
    (version === 1 && flags & ACKNOWLEDGMENT ? 4 : 0);
  if (!walk.has(length, ISSUE['tunnel/header-short'])) return walk.payload();
  const inner = offset + length;
  // Keep-alives and PPTP acknowledgments carry nothing.
  if (inner >= walk.end) return walk.payload();
  switch (protocol) {
    case PROTOCOL_ETHERNET:
      return enter(walk, inner, LINKTYPE_ETHERNET);
    case PROTOCOL_PPP:
      return enter(walk, inner, LINKTYPE_PPP);
    case PROTOCOL_WLAN:
      return enter(walk, inner, LINKTYPE_WLAN);
    case PROTOCOL_ERSPAN:
      // Type I has no header of its own, and no GRE sequence number.
      if (!(flags & SEQUENCE)) return enter(walk, inner, LINKTYPE_ETHERNET);
      if (!isErspan(walk, inner, 8, ERSPAN_VERSION_2)) return walk.payload();
      return enter(walk, inner + 8, LINKTYPE_ETHERNET);
    case PROTOCOL_ERSPAN3: {
      if (!isErspan(walk, inner, 12, ERSPAN_VERSION_3)) return walk.payload();
      const subheader = bytes[inner + 11]! & 1 ? 8 : 0;
      return enter(walk, inner + 12 + subheader, LINKTYPE_ETHERNET);
    }
    default:
      if (!INNER_ETHER_TYPES.has(protocol)) {
        walk.note(ISSUE['tunnel/unsupported'], offset);
        return walk.payload();
      }
      if (!walk.enterTunnel()) return walk.payload();
      walk.offset = inner;
      return walk.nextEtherType(protocol);
  }
}

/** A header of `length` bytes whose first nibble is `version`, which is one less than the type's number. */
function isErspan(walk: Walk, at: number, length: number, version: number): boolean {
  if (!walk.holds(at, length)) return false;
  if (walk.bytes[at]! >>> 4 === version) return true;
  walk.note(ISSUE['tunnel/unsupported'], at);
  return false;
}

function enter(walk: Walk, inner: number, linkType: number): Next {
  if (inner > walk.end || inner > walk.capEnd || !walk.enterTunnel()) return walk.payload();
  walk.offset = inner;
  return walk.next(NEXT.linkType, linkType);
}
