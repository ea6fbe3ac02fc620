/**
 * MikroTik Neighbor Discovery, UDP 5678: two header words, then type-length-value fields of 16 bits each.
 * Ignored on purpose: uptime, compression hints.
 */
import { formatIp, formatIpv4 } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import { announcement, type AnnouncementObservation } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const HEADER_BYTES = 4;
const MAX_FIELDS = 32;
const FIELD = {
  mac: 1,
  identity: 5,
  version: 7,
  platform: 8,
  softwareId: 11,
  board: 12,
  ipv6: 15,
  interfaceName: 16,
  ipv4: 17,
} as const;

type Seen = { -readonly [K in keyof AnnouncementObservation]?: AnnouncementObservation[K] };

export const mikrotikDecoder: MessageDecoder = {
  name: 'mndp',
  triggers: [{ kind: 'udp', ports: [5678] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES) return 'foreign';
    if (end - start < HEADER_BYTES + 4 + 6 || !beginsWithMac(bytes, start + HEADER_BYTES)) {
      if (u32(bytes, start) !== 0 || end - start > 9) return 'foreign';
      sink.observe(announcement('mndp', 'query'));
      return 'done';
    }
    const seen: Seen = {};
    let at = start + HEADER_BYTES;
    for (let count = 0; at < end && count < MAX_FIELDS; count++) {
      const stop = end - at >= 4 ? at + 4 + u16(bytes, at + 2) : at + 4;
      if (stop > end) {
        sink.issue(ISSUE['message/announcement-malformed'], at - start, stop - at, end - at);
        break;
      }
      readField(bytes, u16(bytes, at), at + 4, stop, seen);
      at = stop;
    }
    sink.observe(announcement('mndp', 'device', seen));
    return 'done';
  },
};

/** Routers put their MAC first. Its length tells it from DNS with one question, to a client that has this port. */
function beginsWithMac(bytes: Uint8Array, at: number): boolean {
  return u16(bytes, at) === FIELD.mac && u16(bytes, at + 2) === 6;
}

function readField(bytes: Uint8Array, type: number, at: number, end: number, seen: Seen): void {
  const length = end - at;
  switch (type) {
    case FIELD.mac:
      if (length === 6) seen.mac = u48(bytes, at);
      break;
    case FIELD.identity:
      seen.name = readText(bytes, at, end);
      break;
    case FIELD.version:
      seen.firmware = readText(bytes, at, end);
      break;
    case FIELD.platform:
      seen.manufacturer = readText(bytes, at, end);
      break;
    case FIELD.softwareId:
      seen.id = readText(bytes, at, end);
      break;
    case FIELD.board:
      seen.model = readText(bytes, at, end);
      break;
    case FIELD.interfaceName:
      seen.details = [`interface=${readText(bytes, at, end)}`];
      break;
    case FIELD.ipv4:
      if (length === 4) seen.address = formatIpv4(u32(bytes, at));
      break;
    case FIELD.ipv6:
      if (length === 16) {
        seen.address ??= formatIp(
          u32(bytes, at),
          u32(bytes, at + 4),
          u32(bytes, at + 8),
          u32(bytes, at + 12),
        );
      }
      break;
    default:
      break;
  }
}
