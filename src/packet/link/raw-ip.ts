/** Frames that start with an IP header; the version nibble tells which. */
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeRawIp(walk: Walk): Next {
  if (!walk.has(1, ISSUE['link/header-short'])) return NEXT.done;
  return walk.nextEtherType(walk.bytes[walk.offset]! >>> 4 === 6 ? 0x86dd : 0x0800);
}

export function decodeRawIpv4(walk: Walk): Next {
  return walk.nextEtherType(0x0800);
}

export function decodeRawIpv6(walk: Walk): Next {
  return walk.nextEtherType(0x86dd);
}
