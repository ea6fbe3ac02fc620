import type { Mac } from '../bytes/address.ts';
import { HASH_SEED } from '../bytes/hash-seed.ts';

const NONE = -1;

/** MAC address → number, by open addressing over typed arrays. Grows by doubling; never shrinks; never removes. */
export class MacTable {
  private keys = new Float64Array(64).fill(NONE);
  private values = new Int32Array(64);
  private mask = 63;
  size = 0;

  private readonly single = new Float64Array(1);

  /** The number of `mac`, or -1. */
  get(mac: Mac): number {
    this.single[0] = mac;
    return this.at(this.single, 0);
  }

  /** The number of the MAC in a column, or -1. (As an argument of its own it would be allocated for each packet.) */
  at(column: Float64Array, i: number): number {
    const mac = column[i]!;
    const { keys, mask } = this;
    for (let at = seededHash(mac) & mask; ; at = (at + 1) & mask) {
      const key = keys[at]!;
      if (key === mac) return this.values[at]!;
      if (key === NONE) return NONE;
    }
  }

  /** Adds a MAC that is not in the table yet. */
  add(mac: Mac, value: number): void {
    if (this.size * 2 >= this.keys.length) this.grow();
    this.size++;
    this.insert(mac, value);
  }

  private insert(mac: Mac, value: number): void {
    let at = seededHash(mac) & this.mask;
    while (this.keys[at] !== NONE) at = (at + 1) & this.mask;
    this.keys[at] = mac;
    this.values[at] = value;
  }

  private grow(): void {
    const { keys, values } = this;
    this.mask = keys.length * 2 - 1;
    this.keys = new Float64Array(keys.length * 2).fill(NONE);
    this.values = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) if (keys[i] !== NONE) this.insert(keys[i]!, values[i]!);
  }
}

/** A spread hash; both halves matter, because randomised and sequential MACs occur alike. The same in every run. */
export function hashMac(mac: Mac): number {
  return spread(mac, 0);
}

/** As `hashMac`, another one in each run: for where a MAC lies in the table. */
function seededHash(mac: Mac): number {
  return spread(mac, HASH_SEED);
}

function spread(mac: Mac, seed: number): number {
  const high = (mac * 2.3283064365386963e-10) | 0;
  let h = Math.imul((mac | 0) ^ Math.imul(high ^ seed, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 15;
  return Math.imul(h, 0xc2b2ae35) >>> 7;
}
