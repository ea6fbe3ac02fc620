/** Prefixes kept; more than a capture of one site can have. */
export const MAX_PREFIXES = 128;

/**
 * The prefixes that are directly reachable on the captured links, learned from what proves them: a DHCP mask, the
 * prefix option of a router advertisement, and ARP or neighbour solicitation, which nobody sends for an address
 * behind a router.
 */
export class OnLinkPrefixes {
  private readonly words = new Uint32Array(MAX_PREFIXES * 4);
  private readonly lengths = new Uint8Array(MAX_PREFIXES);
  private size = 0;

  /** `length` counts from the first of the 128 bits: 96 + n for an IPv4 prefix of n bits. */
  add(w0: number, w1: number, w2: number, w3: number, length: number): void {
    if (this.covers(w0, w1, w2, w3) || this.size >= MAX_PREFIXES) return;
    this.words.set([w0, w1, w2, w3], this.size * 4);
    this.lengths[this.size++] = length;
  }

  /** Two IPv4 addresses, one of which was asked for by the other: on one link, so the common prefix is. */
  addIpv4Neighbors(a: number, b: number): void {
    const common = Math.clz32((a ^ b) >>> 0);
    // A larger common part than /24 says little about the real mask; a smaller one than /16 is not credible.
    if (common >= 16) this.add(0, 0, 0xffff, a, 96 + Math.min(common, 24));
  }

  covers(w0: number, w1: number, w2: number, w3: number): boolean {
    for (let i = 0; i < this.size; i++) {
      const length = this.lengths[i]!;
      const at = i * 4;
      if (
        sameBits(this.words[at]!, w0, length) &&
        sameBits(this.words[at + 1]!, w1, length - 32) &&
        sameBits(this.words[at + 2]!, w2, length - 64) &&
        sameBits(this.words[at + 3]!, w3, length - 96)
      ) {
        return true;
      }
    }
    return false;
  }
}

/** The first `bits` bits (clamped to 0–32) are the same. */
function sameBits(a: number, b: number, bits: number): boolean {
  return bits <= 0 || (bits >= 32 ? a === b : (a ^ b) >>> (32 - bits) === 0);
}

/** Bits set in an IPv4 mask word; -1 when they are not contiguous. */
export function maskLength(mask: number): number {
  const length = Math.clz32(~mask);
  return length === 32 || mask << length === 0 ? length : -1;
}
