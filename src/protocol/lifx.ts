/**
 * LIFX LAN protocol, port 56700, as LIFX publishes it: a header of 36 bytes, little-endian.
 * Ignored on purpose: colours, groups and their labels, everything that only controls.
 */
import { NO_MAC } from '../bytes/address.ts';
import { u16le, u32le, u48 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { announcement, type AnnouncementObservation } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const HEADER_BYTES = 36;
const PROTOCOL = 1024;
const LABEL_BYTES = 32;
const TYPE = {
  getService: 2,
  stateService: 3,
  stateHostFirmware: 15,
  stateLabel: 25,
  stateVersion: 33,
  light: 107,
} as const;

export const lifxDecoder: MessageDecoder = {
  name: 'lifx',
  triggers: [{ kind: 'udp', ports: [56700] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES) return 'foreign';
    const size = u16le(bytes, start);
    if (size < HEADER_BYTES || size > end - start || (u16le(bytes, start + 2) & 0x0fff) !== PROTOCOL)
      return 'foreign';
    const fields = readPayload(bytes, u16le(bytes, start + 32), start + HEADER_BYTES, start + size);
    if (fields === null) sink.observe(announcement('lifx', 'query'));
    else sink.observe(announcement('lifx', 'device', { mac: u48(bytes, start + 8) || NO_MAC, ...fields }));
    return 'done';
  },
};

/** What a state message says; null for messages that a controller sends. */
function readPayload(
  bytes: Uint8Array,
  type: number,
  at: number,
  end: number,
): Partial<AnnouncementObservation> | null {
  const length = end - at;
  if (type === TYPE.stateService && length >= 5) return {};
  if (type === TYPE.stateLabel && length >= LABEL_BYTES)
    return { name: readText(bytes, at, at + LABEL_BYTES) };
  if (type === TYPE.light && length >= 12 + LABEL_BYTES) {
    return { name: readText(bytes, at + 12, at + 12 + LABEL_BYTES) };
  }
  if (type === TYPE.stateVersion && length >= 8) {
    return { deviceType: `${u32le(bytes, at)}.${u32le(bytes, at + 4)}` };
  }
  if (type === TYPE.stateHostFirmware && length >= 20) {
    return { firmware: `${u16le(bytes, at + 18)}.${u16le(bytes, at + 16)}` };
  }
  return null;
}
