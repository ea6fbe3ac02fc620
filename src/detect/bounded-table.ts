import { HASH_SEED } from '../bytes/hash-seed.ts';

/**
 * A `BoundedMap` whose keys are a few words each, such as an actor, an address and a port: what detectors ask at the
 * end of every flow, where texts as keys would cost more than the rest of the detector. The same uses leave the same
 * entries in the same order as in a `BoundedMap`. What made room can be used again for a new entry: a scan makes one
 * with every flow, and what lives as long as they do is dear to collect.
 */
export class BoundedTable<V> {
  /** Key that the next call is about: to be written before it, all words of it. */
  readonly key: Uint32Array;
  private young: Generation<V>;
  private old: Generation<V>;
  private readonly half: number;
  private readonly onDrop: ((value: V) => boolean) | undefined;
  private readonly spare: V[] = [];

  /** `onDrop` is told what makes room, and says whether nobody needs it any more. */
  constructor(limit: number, words: number, onDrop?: (value: V) => boolean) {
    this.key = new Uint32Array(words);
    this.young = new Generation(words);
    this.old = new Generation(words);
    this.half = Math.max(1, limit >>> 1);
    this.onDrop = onDrop;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** The entry of `key`, without using it. */
  peek(): V | undefined {
    const { key } = this;
    const hash = hashOf(key);
    return this.young.get(this.young.find(key, hash)) ?? this.old.get(this.old.find(key, hash));
  }

  /** Uses the entry of `key`, if there is one. */
  touch(): V | undefined {
    const { key } = this;
    const hash = hashOf(key);
    const young = this.young.find(key, hash);
    if (young >= 0) return this.young.get(young);
    const old = this.old.find(key, hash);
    const value = this.old.get(old);
    if (value === undefined) return undefined;
    this.old.remove(old);
    this.insert(hash, value);
    return value;
  }

  /** Adds an entry for a key that has none. */
  add(value: V): void {
    this.insert(hashOf(this.key), value);
  }

  /** What an entry can be made of that made room; undefined when there is nothing. */
  takeSpare(): V | undefined {
    return this.spare.pop();
  }

  delete(): void {
    const { key } = this;
    const hash = hashOf(key);
    const young = this.young.find(key, hash);
    if (young >= 0) this.young.remove(young);
    else {
      const old = this.old.find(key, hash);
      if (old >= 0) this.old.remove(old);
    }
  }

  *values(): IterableIterator<V> {
    yield* this.old.values();
    yield* this.young.values();
  }

  private insert(hash: number, value: V): void {
    if (this.young.size >= this.half) this.age();
    this.young.add(this.key, hash, value);
  }

  private age(): void {
    const { old, young } = this;
    if (this.onDrop !== undefined) old.drain(this.onDrop, this.spare);
    old.clear();
    this.old = young;
    this.young = old;
  }
}

const FIRST_ENTRIES = 16;

/** Entries in the order in which they were added, found by open addressing. */
class Generation<V> {
  size = 0;
  private readonly width: number;
  /** undefined where the entry was removed: it stays in `slots` until there is no more room. */
  private entries: (V | undefined)[] = empty(FIRST_ENTRIES);
  private used = 0;
  private keys: Uint32Array;
  private hashes = new Int32Array(FIRST_ENTRIES);
  /** Entry + 1 by hash, 0 where there is none; at most half full. */
  private slots = new Int32Array(FIRST_ENTRIES * 2);

  constructor(width: number) {
    this.width = width;
    this.keys = new Uint32Array(FIRST_ENTRIES * width);
  }

  /** The entry of a key, or -1. */
  find(key: Uint32Array, hash: number): number {
    const { slots, hashes, entries } = this;
    const mask = slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = slots[at]! - 1;
      if (entry < 0) return -1;
      if (hashes[entry] === hash && entries[entry] !== undefined && this.isKey(entry, key)) return entry;
    }
  }

  get(entry: number): V | undefined {
    return entry < 0 ? undefined : this.entries[entry];
  }

  /** Adds a key that is not there. */
  add(key: Uint32Array, hash: number, value: V): void {
    if (this.used === this.entries.length) this.makeRoom();
    const entry = this.used++;
    this.entries[entry] = value;
    this.keys.set(key, entry * this.width);
    this.hashes[entry] = hash;
    this.insert(entry);
    this.size++;
  }

  remove(entry: number): void {
    this.entries[entry] = undefined;
    this.size--;
  }

  clear(): void {
    // As long as before: it is filled again.
    this.entries.fill(undefined);
    this.used = 0;
    this.slots.fill(0);
    this.size = 0;
  }

  *values(): IterableIterator<V> {
    for (const value of this.entries) if (value !== undefined) yield value;
  }

  /** Tells `drop` of all values, and keeps those in `spare` that it says nobody needs. */
  drain(drop: (value: V) => boolean, spare: V[]): void {
    for (const value of this.entries) if (value !== undefined && drop(value)) spare.push(value);
  }

  private isKey(entry: number, key: Uint32Array): boolean {
    const { keys, width } = this;
    for (let w = 0, at = entry * width; w < width; w++, at++) if (keys[at] !== key[w]) return false;
    return true;
  }

  private insert(entry: number): void {
    const mask = this.slots.length - 1;
    let at = this.hashes[entry]! & mask;
    while (this.slots[at] !== 0) at = (at + 1) & mask;
    this.slots[at] = entry + 1;
  }

  /** Closes up over what was removed; twice the room when that was little. */
  private makeRoom(): void {
    const { entries, keys, hashes, width } = this;
    const capacity = this.size * 2 > hashes.length ? hashes.length * 2 : hashes.length;
    this.keys = new Uint32Array(capacity * width);
    this.hashes = new Int32Array(capacity);
    this.slots = new Int32Array(capacity * 2);
    this.entries = empty(capacity);
    this.used = 0;
    for (let entry = 0; entry < entries.length; entry++) {
      if (entries[entry] === undefined) continue;
      const to = this.used++;
      this.entries[to] = entries[entry];
      this.keys.set(keys.subarray(entry * width, (entry + 1) * width), to * width);
      this.hashes[to] = hashes[entry]!;
      this.insert(to);
    }
  }
}

function empty<V>(length: number): (V | undefined)[] {
  return new Array<V | undefined>(length).fill(undefined);
}

function hashOf(key: Uint32Array): number {
  let h = HASH_SEED;
  for (let w = 0; w < key.length; w++) {
    h = Math.imul(h ^ key[w]!, 0x85ebca6b);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
