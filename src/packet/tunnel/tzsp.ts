/** TZSP, in which routers and access points send a copy of their traffic to an analyzer. Tags are stepped over. */
import { u16 } from '../../bytes/endian.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeEthernet } from '../plausible.ts';

export const MAX_TZSP_TAGS = 32;
const VERSION = 1;
const TYPE_RECEIVED = 0;
const TYPE_TO_TRANSMIT = 1;
const PROTOCOL_ETHERNET = 1;
const TAG_PADDING = 0;
const TAG_END = 1;

export function decodeTzsp(walk: Walk): Next {
  const { bytes, offset } = walk;
  if (!walk.holds(offset, 5) || bytes[offset] !== VERSION) return NEXT.done;
  const type = bytes[offset + 1]!;
  if (type !== TYPE_RECEIVED && type !== TYPE_TO_TRANSMIT) return NEXT.done;
  if (u16(bytes, offset + 2) !== PROTOCOL_ETHERNET) return NEXT.done;
  let at = offset + 4;
  for (let count = 0; count < MAX_TZSP_TAGS && walk.holds(at, 1); count++) {
    const tag = bytes[at]!;
    at++;
    if (tag === TAG_END) {
      if (!looksLikeEthernet(walk, at) || !walk.enterTunnel()) return NEXT.done;
      walk.offset = at;
      return walk.next(NEXT.linkType, 1);
    }
    if (tag === TAG_PADDING) continue;
    if (!walk.holds(at, 1)) return NEXT.done;
    at += 1 + bytes[at]!;
  }
  return NEXT.done;
}
