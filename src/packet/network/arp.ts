/** ARP and RARP, RFC 826: only that the message is there whole. What it says is for the message decoder. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const FIXED_BYTES = 8;
const PROTOCOL_IPV4 = 0x0800;
/** Six bytes of hardware address, four of protocol address. */
const LENGTHS_MAC_IPV4 = 0x0604;

export function decodeArp(walk: Walk): Next {
  const { bytes, offset, batch, row } = walk;
  batch.netOffset[row] = Math.min(offset, walk.capEnd);
  if (!walk.has(FIXED_BYTES, ISSUE['arp/header-short'])) return NEXT.done;
  const length = FIXED_BYTES + 2 * (bytes[offset + 4]! + bytes[offset + 5]!);
  if (!walk.has(length, ISSUE['arp/header-short'])) return NEXT.done;
  if (u16(bytes, offset + 2) === PROTOCOL_IPV4 && u16(bytes, offset + 4) === LENGTHS_MAC_IPV4) {
    walk.layers |= LAYER.arp;
  } else walk.note(ISSUE['arp/unsupported'], offset);
  walk.end = offset + length;
  return walk.payload();
}
