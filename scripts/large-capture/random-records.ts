const CHUNK_BYTES = 1024 * 1024;
const PACKETS_PER_SECOND = 10_000;
const FIRST_SECOND = 1_700_000_000;
const MIN_FRAME_BYTES = 14;

/** Records of a classic pcap with valid headers around random bytes; repeats with its seed. */
export class RandomRecords {
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  readonly #view = new DataView(this.#chunk.buffer);
  readonly #meanBytes: number;
  readonly #linkType: number;
  #state: number;
  #packets = 0;

  constructor(seed: number, meanBytes: number, linkType: number) {
    this.#state = seed | 0;
    this.#meanBytes = meanBytes;
    this.#linkType = linkType;
  }

  fileHeader(): Uint8Array {
    const header = new DataView(new ArrayBuffer(24));
    header.setUint32(0, 0xa1b2c3d4, true);
    header.setUint16(4, 2, true);
    header.setUint16(6, 4, true);
    header.setUint32(16, 262_144, true);
    header.setUint32(20, this.#linkType, true);
    return new Uint8Array(header.buffer);
  }

  /** Up to `most` records, as many as fit in one piece; valid until the next call. */
  next(most: number): { readonly bytes: Uint8Array; readonly packets: number } {
    const view = this.#view;
    let at = 0;
    let packets = 0;
    while (packets < most) {
      const length = MIN_FRAME_BYTES + (this.#random() % (2 * this.#meanBytes - 2 * MIN_FRAME_BYTES + 1));
      if (at + 16 + length + 4 > CHUNK_BYTES) break;
      const number = this.#packets++;
      view.setUint32(at, FIRST_SECOND + Math.floor(number / PACKETS_PER_SECOND), true);
      view.setUint32(at + 4, (number % PACKETS_PER_SECOND) * (1_000_000 / PACKETS_PER_SECOND), true);
      view.setUint32(at + 8, length, true);
      view.setUint32(at + 12, length, true);
      for (let i = 0; i < length; i += 4) view.setUint32(at + 16 + i, this.#random(), true);
      at += 16 + length;
      packets++;
    }
    return { bytes: this.#chunk.subarray(0, at), packets };
  }

  /** 32 bits: splitmix32. */
  #random(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
}
