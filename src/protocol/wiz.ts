/**
 * WiZ lamps: JSON over UDP 38899, first beats to 38900, as the pywizlight project describes them.
 * Ignored on purpose: the lamp's state, rooms and homes, signal strength.
 */
import { parseMac } from '../bytes/address.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { hasField, objectField, readJsonObject, textField } from './json-object.ts';

export const wizDecoder: MessageDecoder = {
  name: 'wiz',
  triggers: [{ kind: 'udp', ports: [38899, 38900] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    const message = readJsonObject(bytes, start, end);
    if (message === null || !hasField(message, 'method')) return 'foreign';
    const method = textField(message, 'method');
    const isBeat = method === 'firstBeat' || method === 'syncPilot';
    if (!isBeat && !hasField(message, 'result')) {
      sink.observe(announcement('wiz', 'query'));
      return 'done';
    }
    const described = objectField(message, isBeat ? 'params' : 'result');
    sink.observe(
      announcement('wiz', 'device', {
        model: textField(described, 'moduleName'),
        mac: parseMac(textField(described, 'mac')),
        firmware: textField(described, 'fwVersion'),
        id: textField(described, 'mac'),
      }),
    );
    return 'done';
  },
};
