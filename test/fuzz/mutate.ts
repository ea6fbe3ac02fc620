/** Mutations of bytes that protocols are built of: flipped bits, telling values, lies about lengths, splices, cuts. */
import type { Random } from './random.ts';

const TELLING = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 65, 127, 128, 192, 254, 255] as const;
export const MAX_MUTATIONS = 6;
/** Longest input that mutations make. */
export const MAX_FUZZED_BYTES = 4096;

type Mutation = (bytes: Uint8Array, random: Random, pool: readonly Uint8Array[]) => Uint8Array;

const flipBit: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  if (bytes.length > 0) bytes[at]! ^= 1 << random.below(8);
  return bytes;
};

const setTelling: Mutation = (bytes, random) => {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.pick(TELLING);
  return bytes;
};

const setRandom: Mutation = (bytes, random) => {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};

/** A 16-bit value near the length of what follows, or at an end of its range: in either byte order. */
const lieAboutLength: Mutation = (bytes, random) => {
  if (bytes.length < 2) return bytes;
  const at = random.below(bytes.length - 1);
  const rest = bytes.length - at;
  const value =
    random.pick([rest - 3, rest - 2, rest - 1, rest, rest + 1, 2 * rest, 0, 1, 0x7fff, 0x8000, 0xffff]) &
    0xffff;
  const swapped = random.below(4) === 0;
  bytes[at] = swapped ? value & 255 : value >>> 8;
  bytes[at + 1] = swapped ? value >>> 8 : value & 255;
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const removePart: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  const length = 1 + random.below(Math.min(16, bytes.length));
  return join(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + length)));
};

const repeatPart: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  const part = bytes.subarray(at, at + 1 + random.below(64));
  const times = 1 + random.below(8);
  const parts = new Array<Uint8Array>(times).fill(part);
  return join(bytes.subarray(0, at), ...parts, bytes.subarray(at));
};

const splice: Mutation = (bytes, random, pool) => {
  const other = random.pick(pool);
  const from = random.below(other.length);
  return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(from));
};

const append: Mutation = (bytes, random) =>
  join(
    bytes,
    Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256)),
  );

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setTelling,
  setTelling,
  setRandom,
  lieAboutLength,
  lieAboutLength,
  truncate,
  removePart,
  repeatPart,
  splice,
  append,
];

/** A changed copy of `bytes`; `pool` holds what splices are taken from. */
export function mutate(bytes: Uint8Array, random: Random, pool: readonly Uint8Array[]): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  const count = 1 + random.below(MAX_MUTATIONS);
  for (let i = 0; i < count; i++) changed = random.pick(MUTATIONS)(changed, random, pool);
  return changed.length > MAX_FUZZED_BYTES ? changed.slice(0, MAX_FUZZED_BYTES) : changed;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
