/**
 * Canon's BJNP, UDP 8611 (printers) and 8612 (scanners), as the SANE and CUPS back ends describe it: discovery, and the
 * identity in the form of IEEE 1284. Ignored on purpose: jobs, users, scan data.
 */
import { formatIpv4, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';
import { readIeee1284 } from './ieee1284.ts';

const HEADER_BYTES = 16;
const ANSWER = 0x80;
const COMMAND = { discover: 0x01, identity: 0x30 } as const;
/** Four bytes of unknown meaning, lengths of the two addresses, MAC, IPv4. */
const DISCOVER_BYTES = 16;
const MAX_IDENTITY_BYTES = 1024;

export const bjnpDecoder: MessageDecoder = {
  name: 'bjnp',
  triggers: [{ kind: 'udp', ports: [8611, 8612] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES) return 'foreign';
    if (!['BJNP', 'BJNB', 'MFNP', 'MFNB'].some((magic) => startsWith(bytes, start, end, magic)))
      return 'foreign';
    const type = bytes[start + 4]!;
    const command = bytes[start + 5]!;
    const at = start + HEADER_BYTES;
    const stop = Math.min(end, at + u32(bytes, start + 12));
    if ((type & ANSWER) === 0) {
      sink.observe(announcement('bjnp', 'query'));
    } else if (command === COMMAND.discover && stop - at >= DISCOVER_BYTES) {
      const hasMac = bytes[at + 4] === 6;
      const address = hasMac && bytes[at + 5] === 4 ? formatIpv4(u32(bytes, at + 12)) : '';
      const deviceType = (type & ~ANSWER) === 2 ? 'scanner' : 'printer';
      sink.observe(
        announcement('bjnp', 'device', { mac: hasMac ? u48(bytes, at + 6) : NO_MAC, address, deviceType }),
      );
    } else if (command === COMMAND.identity && stop - at >= 2) {
      const text = readText(bytes, at + 2, Math.min(stop, at + u16(bytes, at)), MAX_IDENTITY_BYTES);
      const identity = readIeee1284(text);
      sink.observe(
        announcement('bjnp', 'device', {
          manufacturer: identity.manufacturer,
          model: identity.model,
          deviceType: identity.deviceClass,
        }),
      );
    }
    return 'done';
  },
};
