/**
 * The start of the CRYPTO stream of one connection: frames come in any order, split at will and repeated (clients shuffle
 * them on purpose), over several packets. The first bytes of a place are not protected against later ones.
 */

/** Bytes kept; a ClientHello with post-quantum key shares has about 2,000. */
export const MAX_CRYPTO_BYTES = 16_384;
/** Ranges apart from each other; a frame that would make more is dropped. */
const MAX_RANGES = 64;

export class CryptoStream {
  #bytes = new Uint8Array(2048);
  /** Start and end of each range, ascending, never touching. */
  #ranges: number[] = [];

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes from the start without a hole. */
  get whole(): number {
    return this.#ranges[0] === 0 ? this.#ranges[1]! : 0;
  }

  /** Keeps what lies within the bound. */
  write(offset: number, bytes: Uint8Array, start: number, length: number): void {
    const end = Math.min(offset + length, MAX_CRYPTO_BYTES);
    if (end <= offset) return;
    if (!this.#cover(offset, end)) return;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(MAX_CRYPTO_BYTES);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, start + end - offset), offset);
  }

  #cover(from: number, to: number): boolean {
    const merged: number[] = [];
    let start = from;
    let end = to;
    let isPlaced = false;
    for (let i = 0; i < this.#ranges.length; i += 2) {
      const [a, b] = [this.#ranges[i]!, this.#ranges[i + 1]!];
      if (b < start) merged.push(a, b);
      else if (a > end) {
        if (!isPlaced) merged.push(start, end);
        isPlaced = true;
        merged.push(a, b);
      } else {
        start = Math.min(start, a);
        end = Math.max(end, b);
      }
    }
    if (!isPlaced) merged.push(start, end);
    if (merged.length > MAX_RANGES * 2) return false;
    this.#ranges = merged;
    return true;
  }
}
