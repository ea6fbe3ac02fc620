/** AYIYA (draft-massar-v6ops-ayiya): identity and signature are stepped over, the epoch is ignored. */
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

const OPCODE_FORWARD = 1;
const NEXT_IPV4 = 4;
const NEXT_IPV6 = 41;

export function decodeAyiya(walk: Walk): Next {
  const { bytes, offset } = walk;
  if (!walk.holds(offset, 8)) return NEXT.done;
  const identityLength = 1 << (bytes[offset]! >>> 4);
  const signatureLength = (bytes[offset + 1]! >>> 4) * 4;
  if ((bytes[offset + 2]! & 15) !== OPCODE_FORWARD) return NEXT.done;
  const inner = offset + 8 + identityLength + signatureLength;
  const protocol = bytes[offset + 3]!;
  const etherType =
    protocol === NEXT_IPV6 && looksLikeIpv6(walk, inner)
      ? 0x86dd
      : protocol === NEXT_IPV4 && looksLikeIpv4(walk, inner)
        ? 0x0800
        : 0;
  if (etherType === 0 || !walk.enterTunnel()) return NEXT.done;
  walk.offset = inner;
  return walk.nextEtherType(etherType);
}
