/**
 * The options of one DHCPv4 message: the options field, then `file` and `sname` when option 52 says that they hold
 * options too; parts of one option are put together in that order (RFC 3396).
 */
import { u16, u32 } from '../bytes/endian.ts';
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';

/** Options read of one message. */
export const MAX_DHCP_OPTIONS = 256;

const PAD = 0;
const END = 255;
const OVERLOAD = 52;
const SNAME = 44;
const FILE = 108;
const FIELDS_END = 236;
const NOTHING = new Uint8Array(0);

export interface Dhcpv4Options {
  /** Option numbers, each once, in the order of their first occurrence. */
  readonly order: readonly number[];
  /** Offset from the start of the message of the option that claims more bytes than there are; -1 when none does. */
  readonly malformedAt: number;
  /** Bytes that this option wanted. */
  readonly needed: number;
  readonly limited: boolean;
  /** Value of an option; empty when absent. A view of the message unless the option was split. */
  get(code: number): Uint8Array;
  u8(code: number, absent: number): number;
  u16(code: number, absent: number): number;
  /** 0 when absent. */
  u32(code: number): number;
  text(code: number): string;
  hex(code: number): string;
}

/** Reads the options of the message at `start`, whose options field is `[optionsStart, end)`. */
export function readDhcpv4Options(
  bytes: Uint8Array,
  start: number,
  optionsStart: number,
  end: number,
): Dhcpv4Options {
  const values = new Map<number, Uint8Array>();
  const order: number[] = [];
  let malformedAt = -1;
  let needed = 0;
  let count = 0;

  const readField = (from: number, to: number): void => {
    let at = from;
    while (at < to && count < MAX_DHCP_OPTIONS) {
      const code = bytes[at]!;
      if (code === END) return;
      if (code === PAD) {
        at++;
        continue;
      }
      const length = at + 1 < to ? bytes[at + 1]! : 0;
      const stop = at + 2 + length;
      if (stop > to) {
        if (malformedAt < 0) {
          malformedAt = at - start;
          needed = stop - at;
        }
        return;
      }
      count++;
      add(code, bytes.subarray(at + 2, stop));
      at = stop;
    }
  };
  const add = (code: number, value: Uint8Array): void => {
    const before = values.get(code);
    if (before === undefined) {
      order.push(code);
      values.set(code, value);
      return;
    }
    const joined = new Uint8Array(before.length + value.length);
    joined.set(before);
    joined.set(value, before.length);
    values.set(code, joined);
  };

  readField(optionsStart, end);
  const overload = values.get(OVERLOAD)?.[0] ?? 0;
  if (overload === 1 || overload === 3) readField(start + FILE, start + FIELDS_END);
  if (overload === 2 || overload === 3) readField(start + SNAME, start + FILE);

  const get = (code: number): Uint8Array => values.get(code) ?? NOTHING;
  return {
    order,
    malformedAt,
    needed,
    limited: count >= MAX_DHCP_OPTIONS,
    get,
    u8: (code, absent) => get(code)[0] ?? absent,
    u16: (code, absent) => (get(code).length >= 2 ? u16(get(code), 0) : absent),
    u32: (code) => (get(code).length >= 4 ? u32(get(code), 0) : 0),
    text: (code) => readText(get(code), 0, get(code).length),
    hex: (code) => formatHex(get(code), 0, get(code).length),
  };
}
