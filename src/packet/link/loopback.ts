/** BSD loopback: an address family, in the byte order of the capturing host (NULL) or big-endian (LOOP). */
import { u32 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const AF_INET = 2;
/** AF_INET6 of Linux, Windows, NetBSD/OpenBSD, FreeBSD, macOS. */
const AF_INET6: readonly number[] = [10, 23, 24, 28, 30];

export function decodeLoopback(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const value = u32(bytes, offset);
  const family = value > 0xffff ? bytes[offset]! | (bytes[offset + 1]! << 8) : value;
  walk.offset = offset + 4;
  return nextOfFamily(walk, family);
}

/** OpenBSD enc: family in host order, SPI and flags, then the packet as it was inside IPsec. */
export function decodeEnc(walk: Walk): Next {
  if (!walk.has(12, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const value = u32(bytes, offset);
  walk.offset = offset + 12;
  return nextOfFamily(walk, value > 0xffff ? bytes[offset]! : value);
}

/** BSD packet filter log; rule and interface are ignored. The header is padded to four bytes. */
export function decodePflog(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const length = (bytes[offset]! + 3) & ~3;
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  const family = bytes[offset + 1]!;
  walk.offset = offset + length;
  return nextOfFamily(walk, family);
}

export function nextOfFamily(walk: Walk, family: number): Next {
  if (family === AF_INET) return walk.nextEtherType(0x0800);
  if (AF_INET6.includes(family)) return walk.nextEtherType(0x86dd);
  walk.note(ISSUE['link/unsupported'], walk.offset);
  return walk.payload();
}
