/** GTP-U, 3GPP TS 29.281: user packets (G-PDU). The tunnel endpoint identifier is ignored, other messages are payload. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { looksLikeIpv4, looksLikeIpv6 } from '../plausible.ts';

export const MAX_GTP_EXTENSIONS = 8;
const VERSION_1 = 0x30;
const VERSION_MASK = 0xf0;
const FLAG_EXTENSION = 0x04;
const FLAGS_OPTIONAL = 0x07;
const MESSAGE_G_PDU = 255;

export function decodeGtpU(walk: Walk): Next {
  const { bytes, offset } = walk;
  if (!walk.holds(offset, 8)) return NEXT.done;
  const flags = bytes[offset]!;
  if ((flags & VERSION_MASK) !== VERSION_1 || bytes[offset + 1] !== MESSAGE_G_PDU) return NEXT.done;
  if (offset + 8 + u16(bytes, offset + 2) !== walk.end) return NEXT.done;
  let inner = offset + 8;
  if (flags & FLAGS_OPTIONAL) {
    if (!walk.holds(inner, 4)) return NEXT.done;
    inner += 4;
    let extension = flags & FLAG_EXTENSION ? bytes[inner - 1]! : 0;
    for (let count = 0; extension !== 0; count++) {
      if (count === MAX_GTP_EXTENSIONS) {
        walk.note(ISSUE['tunnel/unsupported'], offset);
        return NEXT.done;
      }
      if (!walk.holds(inner, 1)) return NEXT.done;
      const length = bytes[inner]! * 4;
      if (length === 0 || !walk.holds(inner, length)) return NEXT.done;
      inner += length;
      extension = bytes[inner - 1]!;
    }
  }
  const etherType = looksLikeIpv4(walk, inner) ? 0x0800 : looksLikeIpv6(walk, inner) ? 0x86dd : 0;
  if (etherType === 0 || !walk.enterTunnel()) return NEXT.done;
  walk.offset = inner;
  return walk.nextEtherType(etherType);
}
