/** MACsec, IEEE 802.1AE: marked as encrypted; frames that are only authenticated are decoded inside. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const EXPLICIT_CHANNEL = 0x20;
const ENCRYPTED_OR_CHANGED = 0x0c;
const CHECK_VALUE_BYTES = 16;

export function decodeMacsec(walk: Walk): Next {
  if (!walk.has(6, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const control = bytes[offset]!;
  const length = 6 + (control & EXPLICIT_CHANNEL ? 8 : 0);
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  walk.offset = offset + length;
  if (control & ENCRYPTED_OR_CHANGED) {
    walk.layers |= LAYER.encrypted;
    return walk.payload();
  }
  if (!walk.has(2 + CHECK_VALUE_BYTES, ISSUE['link/header-short'])) return NEXT.done;
  walk.end -= CHECK_VALUE_BYTES;
  walk.offset += 2;
  return walk.nextTypeOrLength(u16(bytes, walk.offset - 2));
}
