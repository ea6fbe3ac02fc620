/** Numbers and text as the octets of a message. */

export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)];
}

export function u48(value: number): number[] {
  return [...u16(Math.floor(value / 0x1_0000_0000)), ...u32(value % 0x1_0000_0000)];
}

export function ascii(text: string): number[] {
  return [...Buffer.from(text, 'latin1')];
}

export function withLength8(body: readonly number[]): number[] {
  return [body.length, ...body];
}

export function withLength16(body: readonly number[]): number[] {
  return [...u16(body.length), ...body];
}

export function withLength24(body: readonly number[]): number[] {
  return [body.length >>> 16, ...u16(body.length), ...body];
}

/** Octets that look like nothing, the same for the same seed. */
export function opaque(length: number, seed: number): number[] {
  let state = seed | 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

export function seedOf(text: string): number {
  let seed = 0;
  for (const octet of ascii(text)) seed = (Math.imul(seed, 31) + octet) | 0;
  return seed;
}
