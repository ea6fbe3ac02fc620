/** Decimal, hexadecimal (0x) or octal (0) number below 2^32; -1 when it is none. */
export function numberOf(text: string): number {
  if (!/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return -1;
  const value = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return value <= 0xffff_ffff ? value : -1;
}
