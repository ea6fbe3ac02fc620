/**
 * IEEE 802.11 data frames down to LLC, with QoS, four addresses and A-MSDU. Management and
 * control frames are marked and left; protected frames are marked encrypted. Sequence control and durations are ignored.
 */
import { u48 } from '../../bytes/endian.ts';
import { NO_MAC } from '../../bytes/address.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';
import { decodeAmsdu } from './amsdu.ts';

const TYPE_DATA = 2;
const SUBTYPE_NO_DATA = 4;
const SUBTYPE_QOS = 8;
const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;
const AMSDU_PRESENT = 0x80;

export function decodeWlan(walk: Walk): Next {
  return decodeWlanPadded(walk, false);
}

/** `padded`: the header is padded to four bytes, as radiotap says of some network cards. */
export function decodeWlanPadded(walk: Walk, padded: boolean): Next {
  if (!walk.has(10, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  const type = (bytes[offset]! >>> 2) & 3;
  const subtype = bytes[offset]! >>> 4;
  const flags = bytes[offset + 1]!;
  walk.layers |= LAYER.wlan;
  if (type !== TYPE_DATA) return decodeOther(walk, type);

  const fourAddresses = (flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS);
  const qosAt = fourAddresses ? 30 : 24;
  const qos = (subtype & SUBTYPE_QOS) !== 0;
  let length = qosAt + (qos ? 2 : 0) + (qos && flags & ORDER ? 4 : 0);
  if (padded) length = (length + 3) & ~3;
  if (!walk.has(length, ISSUE['link/header-short'])) return NEXT.done;
  const destination = flags & TO_DS ? 16 : 4;
  const source = fourAddresses ? 24 : flags & FROM_DS ? 16 : 10;
  walk.setMacs(u48(bytes, offset + source), u48(bytes, offset + destination));
  walk.offset = offset + length;
  if (subtype & SUBTYPE_NO_DATA) return walk.payload();
  if (flags & PROTECTED) {
    walk.layers |= LAYER.encrypted;
    return walk.payload();
  }
  if (qos && bytes[offset + qosAt]! & AMSDU_PRESENT) return decodeAmsdu(walk);
  return NEXT.llc;
}

/** Management frames have three addresses; control frames one or two, of which only those of RTS are of any use. */
function decodeOther(walk: Walk, type: number): Next {
  const { bytes, offset } = walk;
  if (type === 0) {
    if (!walk.has(24, ISSUE['link/header-short'])) return NEXT.done;
    walk.setMacs(u48(bytes, offset + 10), u48(bytes, offset + 4));
    walk.offset = offset + 24;
  } else {
    walk.setMacs(walk.holds(offset, 16) ? u48(bytes, offset + 10) : NO_MAC, u48(bytes, offset + 4));
    walk.offset = Math.min(offset + 16, walk.end);
  }
  return walk.payload();
}
