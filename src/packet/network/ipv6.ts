/**
 * IPv6, RFC 8200, with its extension headers, the jumbo payload option (RFC 2675) and AH (RFC 4302) among them.
 * Traffic class, flow label and the contents of all other options are ignored.
 */
import { u16, u32 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { IP_PROTOCOL, LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export const IPV6_HEADER_BYTES = 40;
export const MAX_EXTENSION_HEADERS = 12;
const OPTION_JUMBO = 0xc2;

export function decodeIpv6(walk: Walk): Next {
  if (!walk.has(IPV6_HEADER_BYTES, ISSUE['ipv6/header-short'])) return NEXT.done;
  const { bytes, offset, batch, row } = walk;
  if (bytes[offset]! >>> 4 !== 6) {
    walk.fail(ISSUE['ipv6/bad-version'], offset);
    return NEXT.done;
  }
  walk.layers |= LAYER.ipv6;
  batch.netOffset[row] = offset;
  for (let word = 0; word < 4; word++) {
    batch.srcIp[row * 4 + word] = u32(bytes, offset + 8 + word * 4);
    batch.dstIp[row * 4 + word] = u32(bytes, offset + 24 + word * 4);
  }
  batch.ttl[row] = bytes[offset + 7]!;
  const nextHeader = bytes[offset + 6]!;
  const available = walk.end - offset;
  let length = IPV6_HEADER_BYTES + u16(bytes, offset + 4);
  if (length === IPV6_HEADER_BYTES && nextHeader !== IP_PROTOCOL.noNext) {
    // A jumbogram says its length in an option; one captured before segmentation does not say it at all.
    const jumbo = nextHeader === IP_PROTOCOL.hopByHop ? jumboLength(walk, offset + IPV6_HEADER_BYTES) : 0;
    length = jumbo > 0 ? IPV6_HEADER_BYTES + jumbo : available;
  }
  batch.ipLen[row] = length;
  if (length > available) walk.fail(ISSUE['ipv6/length-mismatch'], offset, length, available);
  else walk.end = offset + length;
  walk.offset = offset + IPV6_HEADER_BYTES;
  return decodeExtensions(walk, nextHeader);
}

function decodeExtensions(walk: Walk, first: number): Next {
  const { bytes, batch, row } = walk;
  let header = first;
  for (let count = 0; ; count++) {
    batch.ipProtocol[row] = header;
    const at = walk.offset;
    let length: number;
    switch (header) {
      case IP_PROTOCOL.hopByHop:
      case IP_PROTOCOL.routing:
      case IP_PROTOCOL.destination:
      case IP_PROTOCOL.mobility:
      case IP_PROTOCOL.hip:
      case IP_PROTOCOL.shim6:
        if (!walk.has(8, ISSUE['ipv6/header-short'])) return NEXT.done;
        length = (bytes[at + 1]! + 1) * 8;
        break;
      case IP_PROTOCOL.ah:
        if (!walk.has(12, ISSUE['ipv6/header-short'])) return NEXT.done;
        length = (bytes[at + 1]! + 2) * 4;
        break;
      case IP_PROTOCOL.fragment: {
        if (!walk.has(8, ISSUE['ipv6/header-short'])) return NEXT.done;
        length = 8;
        const field = u16(bytes, at + 2);
        // An atomic fragment (RFC 6946) is a whole packet.
        if (field & 0xfff9) walk.layers |= LAYER.fragment;
        if (field & 0xfff8) walk.layers |= LAYER.laterFragment;
        break;
      }
      case IP_PROTOCOL.noNext:
        return walk.payload();
      default:
        return walk.next(NEXT.ipProtocol, header);
    }
    if (count >= MAX_EXTENSION_HEADERS) {
      walk.fail(ISSUE['ipv6/extension-depth'], at);
      return walk.payload();
    }
    if (at + length > walk.end) {
      walk.fail(ISSUE['ipv6/bad-extension'], at, length, walk.end - at);
      return walk.payload();
    }
    header = bytes[at]!;
    walk.offset = at + length;
    if (walk.layers & LAYER.laterFragment) {
      batch.ipProtocol[row] = header;
      return walk.payload();
    }
  }
}

/** Value of the jumbo payload option of the hop-by-hop header at `at`; 0 when it has none. */
function jumboLength(walk: Walk, at: number): number {
  const { bytes } = walk;
  if (!walk.holds(at, 8)) return 0;
  const stop = Math.min(at + (bytes[at + 1]! + 1) * 8, walk.end, walk.capEnd);
  for (let option = at + 2; option + 1 < stop;) {
    const type = bytes[option]!;
    if (type === 0) option++;
    else if (type === OPTION_JUMBO && bytes[option + 1] === 4 && option + 6 <= stop)
      return u32(bytes, option + 2);
    else option += 2 + bytes[option + 1]!;
  }
  return 0;
}
