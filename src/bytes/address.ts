/**
 * Addresses as numbers, and how they are written.
 *
 * A MAC address is one integer below 2^48 (exact in a double). An IP address is four 32-bit words in network
 * order; IPv4 is the mapped form `0, 0, 0xffff, a.b.c.d`, so both families share columns, keys and comparisons.
 */

/** 48-bit MAC address as an integer; -1 where a link has none. */
export type Mac = number;
export const NO_MAC: Mac = -1;
export const BROADCAST_MAC: Mac = 0xffff_ffff_ffff;

const HEX2: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** `aa:bb:cc:dd:ee:ff`, lower case. */
export function formatMac(mac: Mac): string {
  const hi = Math.floor(mac / 0x1_0000_0000) & 0xffff;
  const lo = mac >>> 0;
  return `${HEX2[hi >>> 8]}:${HEX2[hi & 255]}:${HEX2[lo >>> 24]}:${HEX2[(lo >>> 16) & 255]}:${HEX2[(lo >>> 8) & 255]}:${HEX2[lo & 255]}`;
}

/** Reads `aa:bb:…`, `aa-bb-…`, `aabb.ccdd.eeff` or twelve hex digits; -1 when it is none of these. */
export function parseMac(text: string): Mac {
  if (
    !/^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}|[0-9a-f]{12})$/i.test(
      text,
    )
  ) {
    return NO_MAC;
  }
  return Number.parseInt(text.replace(/[^0-9a-f]/gi, ''), 16);
}

/** I/G bit: broadcast and multicast. */
export function isGroupMac(mac: Mac): boolean {
  return (Math.floor(mac / 0x100_0000_0000) & 1) === 1;
}

/** U/L bit: assigned by an administrator or randomised, so no vendor can be read from it. */
export function isLocalMac(mac: Mac): boolean {
  return (Math.floor(mac / 0x100_0000_0000) & 2) === 2;
}

/** Texts of IPv4 addresses that were asked for lately, direct mapped: the same few are written over and over. */
const RECENT_BITS = 12;
const recentWords = new Uint32Array(1 << RECENT_BITS);
const recentTexts = new Array<string>(1 << RECENT_BITS).fill('0.0.0.0');

export function formatIpv4(word: number): string {
  const entry = Math.imul(word, 0x9e3779b1) >>> (32 - RECENT_BITS);
  if (recentWords[entry] !== word >>> 0) {
    recentWords[entry] = word;
    recentTexts[entry] = writeIpv4(word);
  }
  return recentTexts[entry]!;
}

function writeIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** True when the four words hold a mapped IPv4 address. */
export function isIpv4Words(w0: number, w1: number, w2: number): boolean {
  return w0 === 0 && w1 === 0 && w2 === 0xffff;
}

/** Text of an address: dotted quad for IPv4, RFC 5952 for IPv6. */
export function formatIp(w0: number, w1: number, w2: number, w3: number): string {
  if (isIpv4Words(w0, w1, w2)) return formatIpv4(w3);
  const groups = [
    w0 >>> 16,
    w0 & 0xffff,
    w1 >>> 16,
    w1 & 0xffff,
    w2 >>> 16,
    w2 & 0xffff,
    w3 >>> 16,
    w3 & 0xffff,
  ];
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      bestStart = i;
      bestLength = length;
    }
    if (length > 0) i += length - 1;
  }
  if (bestStart < 0) return groups.map((g) => g.toString(16)).join(':');
  const head = groups.slice(0, bestStart).map((g) => g.toString(16));
  const tail = groups.slice(bestStart + bestLength).map((g) => g.toString(16));
  return `${head.join(':')}::${tail.join(':')}`;
}

/** Text of the address whose four words start at `words[at]`. */
export function formatIpAt(words: Uint32Array, at: number): string {
  return formatIp(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
}

/** RFC 1918, RFC 6598 (CGNAT) and IPv4 link-local. */
export function isPrivateIpv4(word: number): boolean {
  const a = word >>> 24;
  const b = (word >>> 16) & 255;
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** Unique-local (fc00::/7) or link-local (fe80::/10). */
export function isPrivateIpv6(w0: number): boolean {
  return (w0 & 0xfe00_0000) >>> 0 === 0xfc00_0000 || (w0 & 0xffc0_0000) >>> 0 === 0xfe80_0000;
}

/** Private, link-local or unique-local address of either family. */
export function isPrivateIp(w0: number, w1: number, w2: number, w3: number): boolean {
  return isIpv4Words(w0, w1, w2) ? isPrivateIpv4(w3) : isPrivateIpv6(w0);
}

/** 127.0.0.0/8 or ::1. */
export function isLoopbackIp(w0: number, w1: number, w2: number, w3: number): boolean {
  return w0 === 0 && w1 === 0 && (w2 === 0xffff ? w3 >>> 24 === 127 : w2 === 0 && w3 === 1);
}

/** Multicast, or the IPv4 limited broadcast address. */
export function isGroupIp(w0: number, w1: number, w2: number, w3: number): boolean {
  return isIpv4Words(w0, w1, w2) ? w3 >>> 28 === 14 || w3 === 0xffff_ffff : w0 >>> 24 === 0xff;
}

/** 0.0.0.0 or ::. */
export function isUnspecifiedIp(w0: number, w1: number, w2: number, w3: number): boolean {
  return w0 === 0 && w1 === 0 && w3 === 0 && (w2 === 0 || w2 === 0xffff);
}
