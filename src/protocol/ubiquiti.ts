/**
 * Ubiquiti discovery, UDP 10001: version, command, length, then type-length-value fields; versions 1 and 2.
 * Ignored on purpose: uptime, radio settings, user names, WebUI settings.
 */
import { formatIpv4, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import { announcement, type AnnouncementObservation } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const HEADER_BYTES = 4;
const MAX_FIELDS = 64;
const FIELD = {
  mac: 0x01,
  macAndIp: 0x02,
  firmware: 0x03,
  hostName: 0x0b,
  platform: 0x0c,
  essid: 0x0d,
  model: 0x14,
  modelV2: 0x15,
} as const;

type Seen = { -readonly [K in keyof AnnouncementObservation]?: AnnouncementObservation[K] };

export const ubiquitiDecoder: MessageDecoder = {
  name: 'ubnt',
  triggers: [{ kind: 'udp', ports: [10001] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES || (bytes[start] !== 1 && bytes[start] !== 2)) return 'foreign';
    const length = u16(bytes, start + 2);
    if (length !== end - start - HEADER_BYTES) return 'foreign';
    if (length === 0) {
      sink.observe(announcement('ubnt', 'query'));
      return 'done';
    }
    const seen: Seen = {};
    let at = start + HEADER_BYTES;
    for (let count = 0; at < end && count < MAX_FIELDS; count++) {
      const stop = end - at >= 3 ? at + 3 + u16(bytes, at + 1) : at + 3;
      if (stop > end) {
        sink.issue(ISSUE['message/announcement-malformed'], at - start, stop - at, end - at);
        break;
      }
      readField(bytes, bytes[at]!, at + 3, stop, seen);
      at = stop;
    }
    sink.observe(announcement('ubnt', 'device', seen));
    return 'done';
  },
};

function readField(bytes: Uint8Array, type: number, at: number, end: number, seen: Seen): void {
  const length = end - at;
  switch (type) {
    case FIELD.mac:
      if (length === 6) seen.mac = u48(bytes, at);
      break;
    case FIELD.macAndIp:
      if (length !== 10) break;
      if ((seen.mac ?? NO_MAC) === NO_MAC) seen.mac = u48(bytes, at);
      seen.address ??= formatIpv4(u32(bytes, at + 6));
      break;
    case FIELD.firmware:
      seen.firmware = readText(bytes, at, end);
      break;
    case FIELD.hostName:
      seen.name = readText(bytes, at, end);
      break;
    case FIELD.platform:
      seen.hardware = readText(bytes, at, end);
      break;
    case FIELD.essid:
      seen.details = [`essid=${readText(bytes, at, end)}`];
      break;
    case FIELD.model:
    case FIELD.modelV2:
      seen.model = readText(bytes, at, end);
      break;
    default:
      break;
  }
}
