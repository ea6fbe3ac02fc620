/**
 * Keys that lie in one place of a table whose hash begins with 0: what an attacker would send who knows the source and not
 * the seed. The mixing of `flow/tuple-index.ts`, `device/address-table.ts` and `device/mac-table.ts`, solved for their last words.
 */

/** The multipliers of the hashes. */
const [A, B, C, OWNER] = [0x85eb_ca6b, 0xc2b2_ae35, 0x27d4_eb2f, 0x9e37_79b1];
/** What the first word of IPv6 addresses is mixed with beside the seed. */
const FIRST_WORD = 0x9e37_79b9;

/** Of an odd number modulo 2^32, by Newton's iteration. */
function inverse(odd: number): number {
  let x = odd;
  for (let bits = 3; bits < 32; bits *= 2) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}

/** `x` of `x ^ (x >>> shift)`. */
function unshift(value: number, shift: number): number {
  let x = value;
  for (let known = shift; known < 32; known += shift) x = value ^ (x >>> shift);
  return x;
}

/** The word that the hash of an endpoint with this port makes `target` of. */
function wordOf(target: number, port: number): number {
  const mixed = Math.imul(unshift(target, 16), inverse(B)) ^ port;
  return unshift(Math.imul(unshift(mixed, 13), inverse(A)), 16) >>> 0;
}

export interface Endpoint {
  readonly words: readonly [number, number, number, number];
  readonly port: number;
}

/** IPv4 endpoints of one hash, one for each port. */
export function endpoints4(count: number): Endpoint[] {
  return Array.from({ length: count }, (_, port) => ({
    words: [0, 0, 0xffff, wordOf(0x1234_5678, port)],
    port,
  }));
}

/** IPv6 endpoints of one hash and one port, which differ in their first words. */
export function endpoints6(count: number): Endpoint[] {
  return Array.from({ length: count }, (_, n) => {
    const w0 = (0x2000_0000 + n) >>> 0;
    return { words: [w0, (Math.imul(w0 ^ FIRST_WORD, A) ^ 77) >>> 0, 1, 2], port: 443 };
  });
}

/** IPv6 endpoints of one hash, one for each port, in one network. */
export function endpointsOfNetwork6(count: number): Endpoint[] {
  let h = Math.imul(0x2001_0db8 ^ FIRST_WORD, A) ^ 1;
  h = Math.imul(h ^ (h >>> 15), B) ^ 2;
  h = Math.imul(h ^ (h >>> 13), C);
  return Array.from({ length: count }, (_, port) => ({
    words: [0x2001_0db8, 1, 2, (h ^ wordOf(0x777, port)) >>> 0],
    port,
  }));
}

/** Addresses of one owner and one hash. */
export function addressesOfOwner(owner: number, count: number): Endpoint['words'][] {
  const w0 = 0x2001_0db8;
  return Array.from({ length: count }, (_, w1) => {
    let h = Math.imul(w0 ^ Math.imul(owner, OWNER), A) ^ w1;
    h = Math.imul(h ^ (h >>> 16), B);
    return [w0, w1, (h ^ 99) >>> 0, 5];
  });
}

/** For each owner from 0 on the address that gives the same hash as those of the others. */
export function addressesOfOwners(count: number): Endpoint['words'][] {
  return Array.from({ length: count }, (_, owner) => [(Math.imul(owner, OWNER) ^ 9) >>> 0, 1, 2, 3]);
}

/** MAC addresses of one hash. */
export function macs(count: number): number[] {
  return Array.from(
    { length: count },
    (_, high) => high * 0x1_0000_0000 + ((Math.imul(high, OWNER) ^ 5) >>> 0),
  );
}

/** Steps from where a key should lie to where it lies, on average, of all filled places of a table. */
export function meanDistance(places: ArrayLike<number>, homeOf: (content: number) => number): number {
  let steps = 0;
  let filled = 0;
  for (let at = 0; at < places.length; at++) {
    if (places[at] === 0) continue;
    filled++;
    steps += (at - homeOf(places[at]!)) & (places.length - 1);
  }
  return steps / filled;
}
