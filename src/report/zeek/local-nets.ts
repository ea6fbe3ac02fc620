import { isIpv4Words } from '../../bytes/address.ts';

const LOCAL_MULTICAST = 0xe000_0000;

/**
 * Networks that are local when nothing is configured, as in `Site::private_address_space` of Zeek 7 and 8: what the
 * special purpose registries (RFC 6890) keep off the internet, and local multicast (224.0.0.0/24), which its logs call
 * local as well. IPv4 as [word, prefix], IPv6 as [first two words, prefix]. Earlier versions of Zeek knew fewer.
 */
const V4: readonly (readonly [number, number])[] = [
  [0x0000_0000, 8],
  [0x0a00_0000, 8],
  [0x6440_0000, 10],
  [0x7f00_0000, 8],
  [0xa9fe_0000, 16],
  [0xac10_0000, 12],
  [0xc000_0000, 24],
  [0xc000_0200, 24],
  [0xc0a8_0000, 16],
  [0xc612_0000, 15],
  [0xc633_6400, 24],
  [0xcb00_7100, 24],
  [LOCAL_MULTICAST, 24],
  [0xf000_0000, 4],
];

const V6: readonly (readonly [number, number, number])[] = [
  [0x0064_ff9b, 0x0001_0000, 48],
  [0x0100_0000, 0, 64],
  [0x2001_0000, 0, 23],
  [0x2001_0db8, 0, 32],
  [0xfc00_0000, 0, 7],
  [0xfe80_0000, 0, 10],
];

/** First half of a 6to4 address (RFC 3056); its next 32 bits are an IPv4 address, which decides. */
const SIX_TO_FOUR = 0x2002;

/** True when the address whose four words start at `words[at]` is local. */
export function isLocalAddress(words: Uint32Array, at: number): boolean {
  const w0 = words[at]!;
  const w1 = words[at + 1]!;
  const w2 = words[at + 2]!;
  const w3 = words[at + 3]!;
  if (isIpv4Words(w0, w1, w2)) return V4.some(([net, prefix]) => isInPrefix(w3, net, prefix));
  if (w0 === 0 && w1 === 0 && w2 === 0) return w3 <= 1;
  if (w0 >>> 16 === SIX_TO_FOUR) {
    const inner = ((w0 << 16) | (w1 >>> 16)) >>> 0;
    return V4.some(([net, prefix]) => net !== LOCAL_MULTICAST && isInPrefix(inner, net, prefix));
  }
  return V6.some(
    ([net0, net1, prefix]) =>
      isInPrefix(w0, net0, Math.min(prefix, 32)) && (prefix <= 32 || isInPrefix(w1, net1, prefix - 32)),
  );
}

function isInPrefix(word: number, net: number, prefix: number): boolean {
  return prefix === 0 || (word ^ net) >>> (32 - prefix) === 0;
}
