/** Block types and framing of pcapng (draft-ietf-opsawg-pcapng, section 3). */
import { MAX_RECORD_BYTES } from './limits.ts';
import type { Window } from './window.ts';

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  systemdJournal: 9,
  decryptionSecrets: 10,
  custom: 0x0bad,
  customNoCopy: 0x4000_0bad,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Block types that are recognised and passed over, by the names of the specification. */
export const PASSED_OVER: ReadonlyMap<number, string> = new Map([
  [BLOCK.systemdJournal, 'systemd journal'],
  [BLOCK.decryptionSecrets, 'decryption secrets'],
  [BLOCK.custom, 'custom'],
  [BLOCK.customNoCopy, 'custom'],
]);

/** Said of every byte behind damage, so most answers have to be cheap. */
function isKnown(type: number): boolean {
  if (type > BLOCK.decryptionSecrets) {
    return type === BLOCK.section || type === BLOCK.custom || type === BLOCK.customNoCopy;
  }
  return type >= BLOCK.interface && type !== 7 && type !== 8;
}

/** Smallest block: type, total length, total length again. */
export const MIN_BLOCK_BYTES = 12;
/** Longest block that is believed when looking for one behind damage. */
const MAX_RESYNC_BLOCK_BYTES = 1024 * 1024;

export const NEED_MORE = -1;
export const IMPOSSIBLE = -2;

/** Byte order of the section header at `at`, or null when there is no byte-order magic. */
export function sectionByteOrder(view: DataView, at: number): 'little' | 'big' | null {
  const magic = view.getUint32(at + 8, true);
  if (magic === BYTE_ORDER_MAGIC) return 'little';
  return magic === 0x4d3c2b1a ? 'big' : null;
}

/**
 * Total length of the block at `at`, all of it in the window and its two lengths the same; `NEED_MORE`, or
 * `IMPOSSIBLE`. Lengths that are not a multiple of four are rounded up, as the writers of such blocks pad them.
 */
export function blockLength(window: Window, at: number, littleEndian: boolean): number {
  const { view, end } = window;
  if (end - at < 8) return NEED_MORE;
  const total = view.getUint32(at + 4, littleEndian);
  if (total < MIN_BLOCK_BYTES || total > MAX_RECORD_BYTES) return IMPOSSIBLE;
  const padded = (total + 3) & ~3;
  if (end - at < padded) return NEED_MORE;
  return view.getUint32(at + padded - 4, littleEndian) === total ? padded : IMPOSSIBLE;
}

/**
 * Whether a block of a known type starts at `at`, with both its lengths the same: `true`, `false`, or `NEED_MORE`.
 * A section header may change the byte order.
 */
export function startsBlock(window: Window, at: number, littleEndian: boolean): boolean | typeof NEED_MORE {
  const { view, end } = window;
  if (end - at < MIN_BLOCK_BYTES) return NEED_MORE;
  const type = view.getUint32(at, littleEndian);
  if (!isKnown(type)) return false;
  let order = littleEndian;
  if (type === BLOCK.section) {
    const section = sectionByteOrder(view, at);
    if (!section) return false;
    order = section === 'little';
  }
  const total = view.getUint32(at + 4, order);
  if (total < minimumLength(type) || total > MAX_RESYNC_BLOCK_BYTES || total % 4 !== 0) return false;
  const length = blockLength(window, at, order);
  if (length === NEED_MORE) return window.ended ? false : NEED_MORE;
  return length !== IMPOSSIBLE;
}

/** Total length of the smallest block of a type. */
export function minimumLength(type: number): number {
  switch (type) {
    case BLOCK.section:
      return 28;
    case BLOCK.interface:
      return 20;
    case BLOCK.packet:
    case BLOCK.enhancedPacket:
      return 32;
    case BLOCK.simplePacket:
      return 16;
    case BLOCK.interfaceStatistics:
      return 24;
    default:
      return MIN_BLOCK_BYTES;
  }
}
