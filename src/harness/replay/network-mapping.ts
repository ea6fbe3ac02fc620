/** `192.168.1.0/24=10.9.9.0/24`: addresses of one network become those of another, host part kept. */
import { parseIp } from '../../bytes/parse-ip.ts';

export interface NetworkMapping {
  /** 4 or 16 bytes, as many as `to`. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Bits that are replaced. */
  readonly prefix: number;
}

/** Null when `text` is not FROM=TO of two addresses or two networks of the same size. */
export function parseNetworkMapping(text: string): NetworkMapping | null {
  const sides = text.split('=').map(parseNetwork);
  const [from, to] = sides;
  if (sides.length !== 2 || !from || !to) return null;
  if (from.bytes.length !== to.bytes.length || from.prefix !== to.prefix) return null;
  return { from: from.bytes, to: to.bytes, prefix: from.prefix };
}

/** Bits of a byte that belong to a prefix of which `bits` are left there. */
export function prefixMask(bits: number): number {
  return bits >= 8 ? 0xff : (0xff00 >> Math.max(0, bits)) & 0xff;
}

/** Whether the address at `bytes[at]` begins as `network` does. */
export function hasPrefix(bytes: Uint8Array, at: number, network: Uint8Array, prefix: number): boolean {
  for (let bit = 0; bit < prefix; bit += 8) {
    const i = bit >> 3;
    if (((bytes[at + i]! ^ network[i]!) & prefixMask(prefix - bit)) !== 0) return false;
  }
  return true;
}

function parseNetwork(text: string): { bytes: Uint8Array; prefix: number } | null {
  const [, address, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const words = new Uint32Array(4);
  if (address === undefined || !parseIp(address, words)) return null;
  const all = new Uint8Array(16);
  for (const [i, word] of words.entries()) new DataView(all.buffer).setUint32(i * 4, word);
  const bytes = address.includes(':') ? all : all.subarray(12);
  const prefix = length === undefined ? bytes.length * 8 : Number(length);
  return prefix <= bytes.length * 8 ? { bytes, prefix } : null;
}
