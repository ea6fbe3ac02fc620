/** Writes pcapng block by block, in either byte order. */

export interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

export class PcapngWriter {
  private readonly parts: Uint8Array[] = [];
  private readonly littleEndian: boolean;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.parts));
  }

  /** Offset of the next block. */
  get length(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    return this;
  }

  block(type: number, body: Uint8Array): this {
    const padded = (body.length + 3) & ~3;
    const block = new Uint8Array(12 + padded);
    const view = new DataView(block.buffer);
    view.setUint32(0, type, this.littleEndian);
    view.setUint32(4, block.length, this.littleEndian);
    block.set(body, 8);
    view.setUint32(8 + padded, block.length, this.littleEndian);
    return this.raw(block);
  }

  section(options: readonly Option[] = []): this {
    return this.block(
      0x0a0d0d0a,
      this.body(
        [
          [4, 0x1a2b3c4d],
          [2, 1],
          [2, 0],
          [4, 0xffff_ffff],
          [4, 0xffff_ffff],
        ],
        options,
      ),
    );
  }

  interface(linkType: number, snapLen: number, options: readonly Option[] = []): this {
    return this.block(
      1,
      this.body(
        [
          [2, linkType],
          [2, 0],
          [4, snapLen],
        ],
        options,
      ),
    );
  }

  enhancedPacket(
    iface: number,
    units: bigint,
    bytes: Uint8Array,
    wireLen: number,
    options: readonly Option[] = [],
  ): this {
    const fields: Field[] = [
      [4, iface],
      [4, Number(units >> 32n)],
      [4, Number(units & 0xffff_ffffn)],
      [4, bytes.length],
      [4, wireLen],
    ];
    return this.block(6, this.body([...fields, bytes], options));
  }

  obsoletePacket(iface: number, drops: number, units: bigint, bytes: Uint8Array, wireLen: number): this {
    const fields: Field[] = [
      [2, iface],
      [2, drops],
      [4, Number(units >> 32n)],
      [4, Number(units & 0xffff_ffffn)],
      [4, bytes.length],
      [4, wireLen],
    ];
    return this.block(2, this.body([...fields, bytes]));
  }

  simplePacket(bytes: Uint8Array, wireLen: number): this {
    return this.block(3, this.body([[4, wireLen], bytes]));
  }

  statistics(iface: number, options: readonly Option[]): this {
    return this.block(
      5,
      this.body(
        [
          [4, iface],
          [4, 0],
          [4, 0],
        ],
        options,
      ),
    );
  }

  /** Records of a name resolution block: address bytes and names. */
  names(records: readonly (readonly [address: readonly number[], ...names: string[]])[]): this {
    const fields: Field[] = [];
    for (const [address, ...names] of records) {
      const value = Buffer.concat([Buffer.from(address), ...names.map((name) => Buffer.from(`${name}\0`))]);
      fields.push([2, address.length === 4 ? 1 : 2], [2, value.length], value);
    }
    return this.block(4, this.body([...fields, [2, 0], [2, 0]]));
  }

  uint64(value: bigint): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), this.littleEndian);
    return bytes;
  }

  private body(fields: readonly Field[], options: readonly Option[] = []): Uint8Array {
    const parts: Uint8Array[] = fields.map((field) =>
      field instanceof Uint8Array ? pad(field) : this.number(field[0], field[1]),
    );
    for (const { code, value } of options)
      parts.push(this.number(2, code), this.number(2, value.length), pad(value));
    if (options.length > 0) parts.push(this.number(2, 0), this.number(2, 0));
    return Buffer.concat(parts);
  }

  private number(size: 2 | 4, value: number): Uint8Array {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    if (size === 2) view.setUint16(0, value, this.littleEndian);
    else view.setUint32(0, value, this.littleEndian);
    return bytes;
  }
}

/** Size and value of a number, or bytes that are padded to four. */
type Field = readonly [size: 2 | 4, value: number] | Uint8Array;

function pad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((bytes.length + 3) & ~3);
  padded.set(bytes);
  return padded;
}

export function text(code: number, value: string): Option {
  return { code, value: Buffer.from(value) };
}
