/** IP in IP: IPv4 (RFC 2003), IPv6 (RFC 2473, 6in4 of RFC 4213), and EtherIP (RFC 3378). */
import { ISSUE } from '../issue.ts';
import { type HeaderDecoder, type Next, NEXT, type Walk } from '../walk.ts';

function enclosed(etherType: number): HeaderDecoder {
  return (walk) => {
    if (walk.offset >= walk.end) return walk.payload();
    return walk.enterTunnel() ? walk.nextEtherType(etherType) : walk.payload();
  };
}

export const decodeIpv4InIp = enclosed(0x0800);
export const decodeIpv6InIp = enclosed(0x86dd);
/** RFC 4023. */
export const decodeMplsInIp = enclosed(0x8847);

export function decodeEtherIp(walk: Walk): Next {
  if (!walk.has(2, ISSUE['tunnel/header-short'])) return walk.payload();
  if (walk.bytes[walk.offset]! >>> 4 !== 3 || !walk.enterTunnel()) return walk.payload();
  walk.offset += 2;
  return walk.next(NEXT.linkType, 1);
}
