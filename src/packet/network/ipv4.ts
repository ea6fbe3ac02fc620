/** IPv4, RFC 791. Options are skipped, the checksum is ignored: offloading network cards leave it blank. */
import { u16, u32 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const MIN_HEADER_BYTES = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

export function decodeIpv4(walk: Walk): Next {
  if (!walk.has(MIN_HEADER_BYTES, ISSUE['ipv4/header-short'])) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  const first = bytes[offset]!;
  if (first >>> 4 !== 4) {
    walk.fail(ISSUE['ipv4/bad-version'], offset);
    return NEXT.done;
  }
  const available = walk.end - offset;
  const headerLength = (first & 15) * 4;
  if (headerLength < MIN_HEADER_BYTES || headerLength > available) {
    walk.fail(ISSUE['ipv4/bad-header-length'], offset, headerLength, available);
    return NEXT.done;
  }
  let totalLength = u16(bytes, offset + 2);
  // Segmentation offload (TSO, "BIG TCP") is captured before the length is known: the frame's length counts.
  if (totalLength === 0) totalLength = available;
  if (totalLength < headerLength) {
    walk.fail(ISSUE['ipv4/bad-total-length'], offset, headerLength, totalLength);
    return NEXT.done;
  }
  walk.layers |= LAYER.ipv4;
  batch.netOffset[row] = offset;
  batch.srcIp[row * 4 + 2] = 0xffff;
  batch.srcIp[row * 4 + 3] = u32(bytes, offset + 12);
  batch.dstIp[row * 4 + 2] = 0xffff;
  batch.dstIp[row * 4 + 3] = u32(bytes, offset + 16);
  batch.ttl[row] = bytes[offset + 8]!;
  batch.ipLen[row] = totalLength;
  const protocol = bytes[offset + 9]!;
  batch.ipProtocol[row] = protocol;

  if (totalLength > available) walk.fail(ISSUE['ipv4/length-mismatch'], offset, totalLength, available);
  else walk.end = offset + totalLength;
  walk.offset = offset + headerLength;
  const fragment = u16(bytes, offset + 6);
  if (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) {
    walk.layers |= LAYER.fragment;
    if (fragment & FRAGMENT_OFFSET) {
      walk.layers |= LAYER.laterFragment;
      return walk.payload();
    }
  }
  return walk.next(NEXT.ipProtocol, protocol);
}
