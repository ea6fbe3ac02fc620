/**
 * Dahua's DHDiscover, UDP 37810: a header of 32 bytes that starts 0x20 00 00 00 `DHIP`, then JSON.
 * Ignored on purpose: ports, gateway, log-in state, the older binary form of port 5050.
 */
import { parseMac } from '../bytes/address.ts';
import { u32 } from '../bytes/endian.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { firstTextField, hasField, objectField, readJsonObject, textField } from './json-object.ts';

const HEADER_BYTES = 32;
const MAGIC = 0x20000000;
const DHIP = 0x44484950;

export const dahuaDecoder: MessageDecoder = {
  name: 'dhip',
  triggers: [{ kind: 'udp', ports: [37810] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start <= HEADER_BYTES || u32(bytes, start) !== MAGIC || u32(bytes, start + 4) !== DHIP)
      return 'foreign';
    const message = readJsonObject(bytes, start + HEADER_BYTES, end);
    if (message === null) return 'foreign';
    const info = objectField(objectField(message, 'params'), 'deviceInfo');
    if (!hasField(info, 'DeviceType') && !hasField(info, 'SerialNo')) {
      sink.observe(announcement('dhip', 'query'));
      return 'done';
    }
    sink.observe(
      announcement('dhip', 'device', {
        name: textField(info, 'MachineName'),
        manufacturer: textField(info, 'Vendor'),
        model: textField(info, 'DeviceType'),
        deviceType: textField(info, 'DeviceClass'),
        id: textField(info, 'SerialNo'),
        mac: parseMac(firstTextField(message, 'mac', 'Mac')),
        address: textField(objectField(info, 'IPv4Address'), 'IPAddress'),
        firmware: textField(info, 'Version'),
      }),
    );
    return 'done';
  },
};
