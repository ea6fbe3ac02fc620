/** ARP and RARP, RFC 826: only that the message is there whole. What it says is for the message decoder. */
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const FIXED_BYTES = 8;

export function decodeArp(walk: Walk): Next {
  const { bytes, offset, batch, row } = walk;
  batch.netOffset[row] = Math.min(offset, walk.capEnd);
  if (!walk.has(FIXED_BYTES, ISSUE['arp/header-short'])) return NEXT.done;
  const length = FIXED_BYTES + 2 * (bytes[offset + 4]! + bytes[offset + 5]!);
  if (!walk.has(length, ISSUE['arp/header-short'])) return NEXT.done;
  walk.layers |= LAYER.arp;
  walk.end = offset + length;
  return walk.payload();
}
