import { HASH_SEED } from '../bytes/hash-seed.ts';

/**
 * (owner, IP address) → entry number, by open addressing over typed arrays. Entries are numbered from 0 in the
 * order in which they were added and are never removed; at `limit` the table takes no more.
 */
export class AddressTable {
  readonly limit: number;
  size = 0;
  /** Owner and address words by entry. */
  owners: Int32Array;
  words: Uint32Array;
  private slots: Int32Array;
  private mask: number;

  constructor(limit: number) {
    this.limit = limit;
    this.owners = new Int32Array(64);
    this.words = new Uint32Array(64 * 4);
    this.slots = new Int32Array(128);
    this.mask = 127;
  }

  /** The entry, or -1. */
  find(owner: number, w0: number, w1: number, w2: number, w3: number): number {
    const { slots, mask, words, owners } = this;
    for (let at = hashAddress(owner, w0, w1, w2, w3) & mask; ; at = (at + 1) & mask) {
      const entry = slots[at]! - 1;
      if (entry < 0) return -1;
      const word = entry * 4;
      if (
        words[word + 3] === w3 &&
        owners[entry] === owner &&
        words[word + 2] === w2 &&
        words[word + 1] === w1 &&
        words[word] === w0
      ) {
        return entry;
      }
    }
  }

  /** Adds an entry that is not in the table yet; -1 when the table is full. Words are unsigned. */
  add(owner: number, w0: number, w1: number, w2: number, w3: number): number {
    if (this.size >= this.limit) return -1;
    if (this.size >= this.owners.length) this.grow();
    const entry = this.size++;
    this.owners[entry] = owner;
    this.words[entry * 4] = w0;
    this.words[entry * 4 + 1] = w1;
    this.words[entry * 4 + 2] = w2;
    this.words[entry * 4 + 3] = w3;
    this.insert(entry);
    return entry;
  }

  private insert(entry: number): void {
    const w = this.words;
    const at4 = entry * 4;
    let at = hashAddress(this.owners[entry]!, w[at4]!, w[at4 + 1]!, w[at4 + 2]!, w[at4 + 3]!) & this.mask;
    while (this.slots[at] !== 0) at = (at + 1) & this.mask;
    this.slots[at] = entry + 1;
  }

  private grow(): void {
    const capacity = this.owners.length * 2;
    const owners = new Int32Array(capacity);
    owners.set(this.owners);
    this.owners = owners;
    const words = new Uint32Array(capacity * 4);
    words.set(this.words);
    this.words = words;
    this.slots = new Int32Array(capacity * 2);
    this.mask = capacity * 2 - 1;
    for (let entry = 0; entry < this.size; entry++) this.insert(entry);
  }
}

/** A spread 31-bit hash of an owner and an address, another one in each run. */
function hashAddress(owner: number, w0: number, w1: number, w2: number, w3: number): number {
  let h = Math.imul(w0 ^ Math.imul(owner ^ HASH_SEED, 0x9e3779b1), 0x85ebca6b) ^ w1;
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35) ^ w2;
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f) ^ w3;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h ^= h >>> 13;
  return (Math.imul(h, 0xc2b2ae35) >>> 1) ^ (h & 0xffff);
}
