/**
 * ICMP (RFC 792), ICMPv6 (RFC 4443), IGMP (RFC 3376). Type and code take the place of the ports. The packet quoted by an
 * error message is not entered: it is not traffic of this link.
 */
import { type IssueCode, ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeIcmp(walk: Walk): Next {
  return decodeTypeAndCode(walk, LAYER.icmp, ISSUE['icmp/header-short']);
}

export function decodeIcmpv6(walk: Walk): Next {
  return decodeTypeAndCode(walk, LAYER.icmpv6, ISSUE['icmp/header-short']);
}

export function decodeIgmp(walk: Walk): Next {
  if (!walk.has(8, ISSUE['icmp/header-short'])) return NEXT.done;
  walk.layers |= LAYER.igmp;
  walk.batch.transportOffset[walk.row] = walk.offset;
  return walk.payload();
}

function decodeTypeAndCode(walk: Walk, layer: number, issue: IssueCode): Next {
  if (!walk.has(4, issue)) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  walk.layers |= layer;
  batch.transportOffset[row] = offset;
  batch.srcPort[row] = bytes[offset]!;
  batch.dstPort[row] = bytes[offset + 1]!;
  return walk.payload();
}
