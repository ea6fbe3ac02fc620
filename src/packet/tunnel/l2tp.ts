/** L2TP version 2 data messages, RFC 2661. Control messages stay payload; tunnel and session ids are ignored. */
import { u16 } from '../../bytes/endian.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const RESERVED = 0x34f0;
const VERSION = 0x000f;

export function decodeL2tp(walk: Walk): Next {
  const { bytes, offset } = walk;
  if (!walk.holds(offset, 6)) return NEXT.done;
  const flags = u16(bytes, offset);
  if ((flags & VERSION) !== 2 || flags & (CONTROL | RESERVED)) return NEXT.done;
  let inner = offset + 6;
  if (flags & LENGTH) {
    if (offset + u16(bytes, offset + 2) !== walk.end) return NEXT.done;
    inner += 2;
  }
  if (flags & SEQUENCE) inner += 4;
  if (flags & OFFSET) {
    if (!walk.holds(inner, 2)) return NEXT.done;
    inner += 2 + u16(bytes, inner);
  }
  // Only what carries IP is entered: address and control bytes are optional in PPP, and so is half of the protocol.
  let packet = inner;
  if (walk.holds(packet, 2) && u16(bytes, packet) === 0xff03) packet += 2;
  if (walk.holds(packet, 1) && bytes[packet] === 0) packet++;
  if (!walk.holds(packet, 1)) return NEXT.done;
  const protocol = bytes[packet];
  const plausible =
    (protocol === 0x21 && looksLikeIpv4(walk, packet + 1)) ||
    (protocol === 0x57 && looksLikeIpv6(walk, packet + 1));
  if (!plausible || !walk.enterTunnel()) return NEXT.done;
  walk.offset = inner;
  return walk.next(NEXT.linkType, 9);
}
