/** Name resolution blocks: which names the writer of the capture knew for an address. */
import { formatIp, formatIpv4 } from '../bytes/address.ts';
import { readText } from '../bytes/text.ts';
import { MAX_NAMES_PER_ADDRESS, MAX_RESOLVED_ADDRESSES } from './limits.ts';

const RECORD_END = 0;
const RECORD_IPV4 = 1;
const RECORD_IPV6 = 2;

/** Adds the names of the records in `[at, end)` to `names`; false when a record contradicts itself. */
export function readNameRecords(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
  names: Map<string, string[]>,
): boolean {
  while (end - at >= 4) {
    const type = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (type === RECORD_END) return true;
    const value = at + 4;
    if (length > end - value) return false;
    const addressBytes = type === RECORD_IPV4 ? 4 : type === RECORD_IPV6 ? 16 : 0;
    if (addressBytes > 0) {
      if (length < addressBytes) return false;
      const address =
        addressBytes === 4
          ? formatIpv4(view.getUint32(value))
          : formatIp(
              view.getUint32(value),
              view.getUint32(value + 4),
              view.getUint32(value + 8),
              view.getUint32(value + 12),
            );
      addNames(view, value + addressBytes, value + length, address, names);
    }
    at = value + ((length + 3) & ~3);
  }
  return true;
}

/** The zero-terminated strings in `[at, end)`. */
function addNames(
  view: DataView,
  at: number,
  end: number,
  address: string,
  names: Map<string, string[]>,
): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let list = names.get(address);
  if (!list) {
    if (names.size >= MAX_RESOLVED_ADDRESSES) return;
    list = [];
    names.set(address, list);
  }
  while (at < end && list.length < MAX_NAMES_PER_ADDRESS) {
    let stop = at;
    while (stop < end && bytes[stop] !== 0) stop++;
    const name = readText(bytes, at, stop);
    if (name !== '' && !list.includes(name)) list.push(name);
    at = stop + 1;
  }
}
