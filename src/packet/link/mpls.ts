/**
 * MPLS label stacks, RFC 3032. Nothing says what is inside: an IP version nibble, a pseudo-wire control word (RFC 4385)
 * or the look of an Ethernet header decide. Labels, traffic class and TTL are ignored.
 */
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

export const MAX_MPLS_LABELS = 16;
const BOTTOM_OF_STACK = 1;
const CONTROL_WORD_BYTES = 4;

export function decodeMpls(walk: Walk): Next {
  const { bytes } = walk;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_MPLS_LABELS) {
      walk.fail(ISSUE['link/header-depth'], walk.offset);
      return walk.payload();
    }
    if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
    walk.offset += 4;
    if (bytes[walk.offset - 2]! & BOTTOM_OF_STACK) break;
  }
  const at = walk.offset;
  if (looksLikeIpv4(walk, at)) return walk.nextEtherType(0x0800);
  if (looksLikeIpv6(walk, at)) return walk.nextEtherType(0x86dd);
  if (walk.holds(at, 1) && bytes[at]! >>> 4 === 0 && looksLikeEthernet(walk, at + CONTROL_WORD_BYTES)) {
    walk.offset = at + CONTROL_WORD_BYTES;
    return walk.next(NEXT.linkType, 1);
  }
  if (looksLikeEthernet(walk, at)) return walk.next(NEXT.linkType, 1);
  return walk.payload();
}
