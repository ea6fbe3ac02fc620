/** MPLS in UDP, RFC 7510: entered when one label stack with a plausible IP packet behind it is there. */
import { type Next, NEXT, type Walk } from '../walk.ts';
import { MAX_MPLS_LABELS } from '../link/mpls.ts';
import { looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

export function decodeMplsInUdp(walk: Walk): Next {
  const { bytes, offset } = walk;
  for (let labels = 0; labels < MAX_MPLS_LABELS; labels++) {
    const at = offset + labels * 4;
    if (!walk.holds(at, 4)) return NEXT.done;
    if (!(bytes[at + 2]! & 1)) continue;
    if (!looksLikeIpv4(walk, at + 4) && !looksLikeIpv6(walk, at + 4)) return NEXT.done;
    return walk.enterTunnel() ? walk.nextEtherType(0x8847) : NEXT.done;
  }
  return NEXT.done;
}
