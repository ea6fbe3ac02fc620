/**
 * The compact form of the IEEE registries, `data/oui.bin`. Little-endian, every section 8-byte aligned, so that
 * the file is used in place through typed arrays and nothing is parsed when it is loaded:
 *
 *   header   8 × u32: magic, version, date as yyyymmdd, counts of MA-L, MA-M and MA-S prefixes, names, name bytes
 *   MA-L     u32 prefix (24 bits), ascending
 *   MA-M     u32 prefix (28 bits), ascending
 *   MA-S     f64 prefix (36 bits), ascending; the closed IAB registry has the same size and is merged in here
 *   owners   u16 index of the name, for MA-L, MA-M and MA-S in this order
 *   offsets  u32 start of each name in the text, and the end of the last
 *   text     names in UTF-8, each once
 */
import { endianness } from 'node:os';

const MAGIC = 0x4955_4f4c; // 'LOUI'
const VERSION = 1;
const HEADER_WORDS = 8;

/** Names are indexed by 16 bits. */
export const MAX_NAMES = 0xffff;

export interface OuiTable {
  /** Day of the newest source, `YYYY-MM-DD`. */
  readonly date: string;
  /** Sorted prefixes of 24, 28 and 36 bits. */
  readonly large: Uint32Array;
  readonly medium: Uint32Array;
  readonly small: Float64Array;
  /** Name index of every prefix: large, then medium, then small. */
  readonly owners: Uint16Array;
  readonly nameOffsets: Uint32Array;
  readonly text: Uint8Array;
}

/** Registered blocks by hex prefix: 6 digits MA-L, 7 MA-M, 9 MA-S or IAB. */
export type OuiBlocks = ReadonlyMap<string, string>;

function align8(length: number): number {
  return (length + 7) & ~7;
}

/** Views over `bytes`, which must stay unchanged; throws when they are not this format. */
export function readOuiTable(bytes: Uint8Array): OuiTable {
  if (bytes.byteLength < HEADER_WORDS * 4) throw new Error('OUI table is cut');
  // A pooled buffer may start anywhere; typed arrays need the section alignment of the file.
  const file = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  let at = 0;
  const take = (length: number, unit: 1 | 2 | 4 | 8): number => {
    const start = file.byteOffset + at;
    if (at + length > file.byteLength) throw new Error('OUI table is cut');
    if (endianness() === 'BE') swap(Buffer.from(file.buffer, start, length), unit);
    at += align8(length);
    return start;
  };
  const header = new Uint32Array(file.buffer, take(HEADER_WORDS * 4, 4), HEADER_WORDS);
  if (header[0] !== MAGIC || header[1] !== VERSION) throw new Error('not an OUI table of this version');
  const [nLarge, nMedium, nSmall, nNames, textBytes] = [
    header[3]!,
    header[4]!,
    header[5]!,
    header[6]!,
    header[7]!,
  ];
  const nBlocks = nLarge + nMedium + nSmall;
  const date = String(header[2]!);
  return {
    date: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`,
    large: new Uint32Array(file.buffer, take(nLarge * 4, 4), nLarge),
    medium: new Uint32Array(file.buffer, take(nMedium * 4, 4), nMedium),
    small: new Float64Array(file.buffer, take(nSmall * 8, 8), nSmall),
    owners: new Uint16Array(file.buffer, take(nBlocks * 2, 2), nBlocks),
    nameOffsets: new Uint32Array(file.buffer, take((nNames + 1) * 4, 4), nNames + 1),
    text: new Uint8Array(file.buffer, take(textBytes, 1), textBytes),
  };
}

function swap(section: Buffer, unit: 1 | 2 | 4 | 8): void {
  if (unit === 2) section.swap16();
  else if (unit === 4) section.swap32();
  else if (unit === 8) section.swap64();
}

/** The file for `blocks`; `date` is `YYYY-MM-DD`. Same blocks, same bytes. */
export function writeOuiTable(blocks: OuiBlocks, date: string): Uint8Array {
  const prefixes = [6, 7, 9].map((digits) =>
    [...blocks.keys()]
      .filter((key) => key.length === digits)
      .map((key): [number, string] => [Number.parseInt(key, 16), blocks.get(key)!])
      .sort((a, b) => a[0] - b[0]),
  ) as [[number, string][], [number, string][], [number, string][]];
  const names = [...new Set(blocks.values())].sort((a, b) => (a < b ? -1 : 1));
  if (names.length > MAX_NAMES) throw new Error(`${names.length} names do not fit 16 bits`);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const encoded = names.map((name) => Buffer.from(name, 'utf8'));
  const offsets = new Uint32Array(names.length + 1);
  encoded.forEach((name, i) => (offsets[i + 1] = offsets[i]! + name.length));

  const sections: Uint8Array[] = [];
  const words = (values: readonly number[] | Uint32Array, size: 2 | 4 | 8): void => {
    const section = Buffer.alloc(align8(values.length * size));
    values.forEach((value, i) => {
      if (size === 2) section.writeUInt16LE(value, i * 2);
      else if (size === 4) section.writeUInt32LE(value, i * 4);
      else section.writeDoubleLE(value, i * 8);
    });
    sections.push(section);
  };
  const [large, medium, small] = prefixes;
  const day = Number(date.replaceAll('-', ''));
  words(
    [MAGIC, VERSION, day, large.length, medium.length, small.length, names.length, offsets[names.length]!],
    4,
  );
  words(
    large.map(([prefix]) => prefix),
    4,
  );
  words(
    medium.map(([prefix]) => prefix),
    4,
  );
  words(
    small.map(([prefix]) => prefix),
    8,
  );
  words(
    prefixes.flat().map(([, name]) => indexOf.get(name)!),
    2,
  );
  words(offsets, 4);
  sections.push(...encoded);
  return Buffer.concat(sections);
}
