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
const STATE = { service: 3, hostFirmware: 15, label: 25, version: 33, light: 107 } as const;
/** GetService, GetHostFirmware, GetLabel, GetVersion, Get: what somebody sends who looks for lamps. */
const QUESTIONS: ReadonlySet<number> = new Set([2, 14, 23, 32, 101]);

export const lifxDecoder: MessageDecoder = {
  name: 'lifx',
  triggers: [{ kind: 'udp', ports: [56700] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES) return 'foreign';
    const size = u16le(bytes, start);
    const protocol = u16le(bytes, start + 2) & 0x0fff;
    if (size < HEADER_BYTES || size > end - start || protocol !== PROTOCOL) return 'foreign';
    const type = u16le(bytes, start + 32);
    const state = readState(bytes, type, start + HEADER_BYTES, start + size);
    if (state !== null) {
      sink.observe(announcement('lifx', 'device', { mac: u48(bytes, start + 8) || NO_MAC, ...state }));
    } else if (QUESTIONS.has(type)) {
      sink.observe(announcement('lifx', 'query'));
    }
    return 'done';
  },
};

/** What a state message says; null for all others. */
function readState(
  bytes: Uint8Array,
  type: number,
  at: number,
  end: number,
): Partial<AnnouncementObservation> | null {
  const length = end - at;
  if (type === STATE.service && length >= 5) return {};
  if (type === STATE.label && length >= LABEL_BYTES) return { name: readText(bytes, at, at + LABEL_BYTES) };
  if (type === STATE.light && length >= 12 + LABEL_BYTES) {
    return { name: readText(bytes, at + 12, at + 12 + LABEL_BYTES) };
  }
  if (type === STATE.version && length >= 8) {
    return { deviceType: `${u32le(bytes, at)}.${u32le(bytes, at + 4)}` };
  }
  if (type === STATE.hostFirmware && length >= 20) {
    return { firmware: `${u16le(bytes, at + 18)}.${u16le(bytes, at + 16)}` };
  }
  return null;
}
