/** Linux cooked captures, LINKTYPE_LINUX_SLL and LINUX_SLL2. The interface index of SLL2 is ignored. */
import { NO_MAC } from '../../bytes/address.ts';
import { u16, u48 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const PACKET_BROADCAST = 1;
const PACKET_MULTICAST = 2;
const ARPHRD_LOOPBACK = 772;
const ARPHRD_IPGRE = 778;
const ARPHRD_RADIOTAP = 803;
const ARPHRD_NETLINK = 824;
/** "Protocols" below 1536: Novell's raw 802.3, and LLC. */
const PROTOCOL_LLC = 4;

export function decodeLinuxCooked(walk: Walk): Next {
  if (!walk.has(16, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.offset = offset + 16;
  return afterCooked(
    walk,
    u16(bytes, offset),
    u16(bytes, offset + 2),
    u16(bytes, offset + 4),
    offset + 6,
    u16(bytes, offset + 14),
  );
}

export function decodeLinuxCooked2(walk: Walk): Next {
  if (!walk.has(20, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.offset = offset + 20;
  return afterCooked(
    walk,
    bytes[offset + 10]!,
    u16(bytes, offset + 8),
    bytes[offset + 11]!,
    offset + 12,
    u16(bytes, offset),
  );
}

function afterCooked(
  walk: Walk,
  packetType: number,
  hardware: number,
  addressLength: number,
  addressAt: number,
  protocol: number,
): Next {
  if (hardware === ARPHRD_NETLINK) return walk.payload();
  if (addressLength === 6 && hardware !== ARPHRD_LOOPBACK) walk.setMacs(u48(walk.bytes, addressAt), NO_MAC);
  if (packetType === PACKET_BROADCAST || packetType === PACKET_MULTICAST) walk.layers |= LAYER.linkGroup;
  if (hardware === ARPHRD_RADIOTAP) return walk.next(NEXT.linkType, 127);
  if (protocol >= 1536) return walk.nextEtherType(protocol);
  if (protocol === PROTOCOL_LLC) return NEXT.llc;
  // On a GRE device the field holds the GRE protocol, and 0 for keep-alives.
  if (hardware !== ARPHRD_IPGRE) walk.note(ISSUE['link/unsupported'], walk.offset);
  return walk.payload();
}
