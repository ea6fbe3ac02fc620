/** Building messages for tests. */

export type Part = number | string | Uint8Array | readonly number[];

/** Bytes from numbers, text (UTF-8) and other bytes. */
export function bytesOf(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number'
        ? Uint8Array.of(part)
        : typeof part === 'string'
          ? Buffer.from(part, 'utf8')
          : Uint8Array.from(part),
    ),
  );
}

export function be16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

export function be32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function le16(value: number): number[] {
  return be16(value).reverse();
}

export function le32(value: number): number[] {
  return be32(value).reverse();
}

/** Bytes of a hex dump; blanks are ignored. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

/** `length` as one byte, then the bytes. */
export function counted(...parts: readonly Part[]): Uint8Array {
  const inner = bytesOf(...parts);
  return bytesOf(inner.length, inner);
}

/** A domain name without compression. */
export function labels(name: string): Uint8Array {
  return bytesOf(
    ...name
      .split('.')
      .filter((label) => label !== '')
      .map((label) => counted(label)),
    0,
  );
}
