/**
 * PPP (RFC 1661) in its framings: HDLC-like (RFC 1662), with a direction byte, in PPPoE sessions (RFC 2516), and Cisco HDLC.
 * Control protocols stay payload; compressed, encrypted and multilink fragments are not taken apart.
 */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const ALL_STATIONS = 0xff;
const UNNUMBERED = 0x03;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_ENCRYPTED = 0x0053;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;
const CISCO_SLARP = 0x8035;

/** Address and control bytes may be left out, and the protocol be one byte (RFC 1661, section 6). */
export function decodePpp(walk: Walk): Next {
  if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes } = walk;
  if (
    bytes[walk.offset] === ALL_STATIONS &&
    walk.holds(walk.offset, 2) &&
    bytes[walk.offset + 1] === UNNUMBERED
  ) {
    walk.offset += 2;
    if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  }
  const at = walk.offset;
  const compressed = (bytes[at]! & 1) === 1;
  if (!walk.has(compressed ? 1 : 2, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset = at + (compressed ? 1 : 2);
  switch (compressed ? bytes[at]! : u16(bytes, at)) {
    case PPP_IPV4:
      return walk.nextEtherType(0x0800);
    case PPP_IPV6:
      return walk.nextEtherType(0x86dd);
    case PPP_MPLS:
      return walk.nextEtherType(0x8847);
    case PPP_MPLS_MULTICAST:
      return walk.nextEtherType(0x8848);
    case PPP_ENCRYPTED:
      walk.layers |= LAYER.encrypted;
      return walk.payload();
    default:
      return walk.payload();
  }
}

/** LINKTYPE_PPP_HDLC: PPP, or Cisco HDLC where the address byte is Cisco's. */
export function decodePppHdlc(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  const address = walk.bytes[walk.offset]!;
  return address === CISCO_UNICAST || address === CISCO_MULTICAST ? decodeCiscoHdlc(walk) : decodePpp(walk);
}

/** LINKTYPE_PPP_WITH_DIR: a direction byte goes first. */
export function decodePppWithDirection(walk: Walk): Next {
  if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += 1;
  return decodePpp(walk);
}

/** LINKTYPE_PPP_PPPD: the direction takes the place of the address byte. */
export function decodePppd(walk: Walk): Next {
  if (!walk.has(2, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += 2;
  return decodePpp(walk);
}

export function decodeCiscoHdlc(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += 4;
  const type = u16(walk.bytes, walk.offset - 2);
  // Cisco's keep-alives use the number that Ethernet gives to RARP.
  return type === CISCO_SLARP ? walk.payload() : walk.nextEtherType(type);
}

/** LINKTYPE_C_HDLC_WITH_DIR. */
export function decodeCiscoHdlcWithDirection(walk: Walk): Next {
  if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset += 1;
  return decodeCiscoHdlc(walk);
}

export function decodePppoe(walk: Walk): Next {
  if (!walk.has(6, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  if (bytes[offset] !== 0x11) {
    walk.note(ISSUE['link/unsupported'], offset);
    return walk.payload();
  }
  const length = u16(bytes, offset + 4);
  const end = offset + 6 + length;
  if (end > walk.end) walk.note(ISSUE['link/length-mismatch'], offset, length, walk.end - offset - 6);
  else walk.end = end;
  walk.offset = offset + 6;
  // Codes other than 0 belong to discovery.
  return bytes[offset + 1] === 0 ? decodePpp(walk) : walk.payload();
}
