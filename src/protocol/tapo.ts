/**
 * TP-Link's newer discovery (Tapo, and Kasa devices with KLAP), UDP 20002 and 20004: a header of 16 bytes, then JSON, as
 * the python-kasa project describes it. Ignored on purpose: the header's checksum, keys that the asker offers, owners.
 */
import { parseMac } from '../bytes/address.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { hasField, objectField, readJsonObject, textField } from './json-object.ts';

const HEADER_BYTES = 16;
const VERSION = 2;

export const tapoDecoder: MessageDecoder = {
  name: 'tapo',
  triggers: [{ kind: 'udp', ports: [20002, 20004] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES || bytes[start] !== VERSION) return 'foreign';
    if (end - start === HEADER_BYTES) {
      sink.observe(announcement('tapo', 'query'));
      return 'done';
    }
    const message = readJsonObject(bytes, start + HEADER_BYTES, end);
    if (message === null) return 'foreign';
    const device = objectField(message, 'result');
    if (!hasField(device, 'device_model')) {
      if (!hasField(message, 'params')) return 'foreign';
      sink.observe(announcement('tapo', 'query'));
      return 'done';
    }
    sink.observe(
      announcement('tapo', 'device', {
        model: textField(device, 'device_model'),
        deviceType: textField(device, 'device_type'),
        id: textField(device, 'device_id'),
        mac: parseMac(textField(device, 'mac')),
        address: textField(device, 'ip'),
      }),
    );
    return 'done';
  },
};
