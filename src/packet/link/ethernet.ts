/** Ethernet II and IEEE 802.3. Preamble and FCS are not in a capture, or lie behind the lengths of the headers. */
import { u16, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export const ETHERNET_HEADER_BYTES = 14;

export function decodeEthernet(walk: Walk): Next {
  if (!walk.has(ETHERNET_HEADER_BYTES, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.layers |= LAYER.ethernet;
  walk.setMacs(u48(bytes, offset + 6), u48(bytes, offset));
  walk.offset = offset + ETHERNET_HEADER_BYTES;
  return walk.nextTypeOrLength(u16(bytes, offset + 12));
}
