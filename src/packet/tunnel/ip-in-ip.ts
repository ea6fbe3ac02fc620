/** IP in IP: IPv4 (RFC 2003), IPv6 (RFC 2473, 6in4 of RFC 4213), MPLS (RFC 4023), and EtherIP (RFC 3378). */
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeIpv4InIp(walk: Walk): Next {
  return enterIp(walk, 4, 0x0800);
}

export function decodeIpv6InIp(walk: Walk): Next {
  return enterIp(walk, 6, 0x86dd);
}

export function decodeMplsInIp(walk: Walk): Next {
  return walk.offset < walk.end && walk.enterTunnel() ? walk.nextEtherType(0x8847) : walk.payload();
}

export function decodeEtherIp(walk: Walk): Next {
  if (!walk.has(2, ISSUE['tunnel/header-short'])) return walk.payload();
  if (walk.bytes[walk.offset]! >>> 4 !== 3 || !walk.enterTunnel()) return walk.payload();
  walk.offset += 2;
  return walk.next(NEXT.linkType, 1);
}

function enterIp(walk: Walk, version: number, etherType: number): Next {
  if (!walk.holds(walk.offset, 1)) return walk.payload();
  if (walk.bytes[walk.offset]! >>> 4 !== version) {
    walk.note(ISSUE['tunnel/unsupported'], walk.offset);
    return walk.payload();
  }
  return walk.enterTunnel() ? walk.nextEtherType(etherType) : walk.payload();
}
