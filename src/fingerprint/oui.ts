/**
 * MAC address → organisation, from the complete IEEE registries (MA-L, MA-M, MA-S and the closed IAB). The longest
 * registered prefix wins. The table is loaded at the first look-up and used in place: see `oui-format.ts`.
 */
import { readFileSync } from 'node:fs';
import { isGroupMac, isLocalMac, type Mac } from '../bytes/address.ts';
import { dataPath } from './data.ts';
import { type OuiTable, readOuiTable } from './oui-format.ts';

let loaded: OuiTable | undefined;
const decoded = new Map<number, string>();
const decoder = new TextDecoder();

function table(): OuiTable {
  loaded ??= readOuiTable(readFileSync(dataPath('oui.bin')));
  return loaded;
}

/** Day of the registry snapshot, `YYYY-MM-DD`. */
export function ouiDate(): string {
  return table().date;
}

/** Number of registered prefixes. */
export function ouiEntries(): number {
  const { large, medium, small } = table();
  return large.length + medium.length + small.length;
}

/** The registered organisation, as the registry writes it; '' when there is none to tell (see `describeMac`). */
export function lookupVendor(mac: Mac): string {
  if (mac < 0 || isGroupMac(mac) || isLocalMac(mac)) return '';
  const { large, medium, small, owners } = table();
  let at = find(small, Math.floor(mac / 0x1000));
  if (at >= 0) return name(owners[large.length + medium.length + at]!);
  at = find(medium, Math.floor(mac / 0x10_0000));
  if (at >= 0) return name(owners[large.length + at]!);
  at = find(large, Math.floor(mac / 0x100_0000));
  return at >= 0 ? name(owners[at]!) : '';
}

/** What the vendor column says about an address without a registered organisation; '' when there is one. */
export function describeMac(mac: Mac): '' | 'multicast' | 'locally administered' | 'unregistered' {
  if (mac < 0) return 'unregistered';
  if (isGroupMac(mac)) return 'multicast';
  if (isLocalMac(mac)) return 'locally administered';
  return lookupVendor(mac) === '' ? 'unregistered' : '';
}

/** Position of `value` in ascending `values`, or -1. */
function find(values: Uint32Array | Float64Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = values[middle]!;
    if (at === value) return middle;
    if (at < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Names are decoded when first asked for: a network has a few dozen of the thirty thousand. */
function name(index: number): string {
  let text = decoded.get(index);
  if (text === undefined) {
    const { nameOffsets, text: bytes } = table();
    text = decoder.decode(bytes.subarray(nameOffsets[index], nameOffsets[index + 1]));
    decoded.set(index, text);
  }
  return text;
}
