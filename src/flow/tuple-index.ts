import { HASH_SEED } from '../bytes/hash-seed.ts';

/**
 * Open addressing from tuple hash to slot: one Int32 per entry (slot + 1, 0 when empty), linear probing, at most half
 * full, deletion by shifting back. The caller compares tuples; the index only walks.
 */
export class TupleIndex {
  entries = new Int32Array(0);
  mask = -1;

  /** Makes room for `capacity` slots and places `count` known ones again. */
  resize(capacity: number, hash: Int32Array, count: number): void {
    const size = capacity * 2;
    this.entries = new Int32Array(size);
    this.mask = size - 1;
    for (let slot = 0; slot < count; slot++) this.insert(slot, hash[slot]!);
  }

  insert(slot: number, hash: number): void {
    let at = hash & this.mask;
    while (this.entries[at] !== 0) at = (at + 1) & this.mask;
    this.entries[at] = slot + 1;
  }

  remove(slot: number, hash: Int32Array): void {
    const { entries, mask } = this;
    let hole = hash[slot]! & mask;
    while (entries[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; entries[at] !== 0; at = (at + 1) & mask) {
      const home = hash[entries[at]! - 1]! & mask;
      // Shift back what would not be found any more: its home lies at or before the hole.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        entries[hole] = entries[at]!;
        hole = at;
      }
    }
    entries[hole] = 0;
  }
}

/** Part of a tuple hash: one endpoint. Endpoints are added, so that both directions give the same hash. Another in each run. */
export function endpointHash4(word: number, port: number): number {
  let h = Math.imul(word ^ (word >>> 16) ^ HASH_SEED, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13) ^ port, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

/** Not that of IPv4: a first word of 0 is common. */
const SEED_6 = HASH_SEED ^ 0x9e37_79b9;

export function endpointHash6(w0: number, w1: number, w2: number, w3: number, port: number): number {
  let h = Math.imul(w0 ^ SEED_6, 0x85eb_ca6b) ^ w1;
  h = Math.imul(h ^ (h >>> 15), 0xc2b2_ae35) ^ w2;
  h = Math.imul(h ^ (h >>> 13), 0x27d4_eb2f) ^ w3;
  return endpointHash4(h, port);
}

/**
 * The hash of a tuple. Its highest bits hold IP version and protocol of the four that have flows, so tuples with
 * equal hashes agree in them.
 */
export function tupleHash(a: number, b: number, ipProtocol: number, version: 4 | 6): number {
  let h = a + b;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  const kind =
    (ipProtocol === 6 ? 0 : ipProtocol === 17 ? 1 : ipProtocol === 1 ? 2 : 3) | (version === 4 ? 0 : 4);
  return (((h ^ (h >>> 15)) & 0x1fff_ffff) | (kind << 29)) ^ kind;
}

export function sameWords(a: Uint32Array, at: number, b: Uint32Array, bt: number): boolean {
  return a[at] === b[bt] && a[at + 1] === b[bt + 1] && a[at + 2] === b[bt + 2] && a[at + 3] === b[bt + 3];
}
