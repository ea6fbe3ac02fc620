/** IEEE 802.1Q and 802.1ad tags, Cisco's older tag types, and VN-Tag (802.1BR's forerunner). Priorities are ignored. */
import { u16 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

export function decodeVlan(walk: Walk): Next {
  if (!walk.has(4, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  if (!walk.addVlan(u16(bytes, offset) & 0xfff)) return walk.payload();
  walk.offset = offset + 4;
  return walk.nextTypeOrLength(u16(bytes, offset + 2));
}

/** Direction, interface ids and loop bit are ignored. */
export function decodeVnTag(walk: Walk): Next {
  if (!walk.has(6, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.offset = offset + 6;
  return walk.nextTypeOrLength(u16(bytes, offset + 4));
}
