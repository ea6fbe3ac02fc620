/**
 * Yeelight discovery: port 1982, the form of SSDP with fields of its own (Yeelight WiFi Light Inter-Operation
 * Specification, section 3). Ignored on purpose: the lamp's state.
 */
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { readHead, startsWith } from './header-fields.ts';

export const yeelightDecoder: MessageDecoder = {
  name: 'yeelight',
  triggers: [{ kind: 'udp', ports: [1982] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (startsWith(bytes, start, end, 'M-SEARCH * HTTP/1.')) {
      sink.observe(announcement('yeelight', 'query'));
      return 'done';
    }
    const isAnswer = startsWith(bytes, start, end, 'HTTP/1.1 200');
    if (!isAnswer && !startsWith(bytes, start, end, 'NOTIFY * HTTP/1.')) return 'foreign';
    const { fields } = readHead(bytes, start, end);
    const location = fields.get('location') ?? '';
    if (!location.startsWith('yeelight://')) return 'foreign';
    sink.observe(
      announcement('yeelight', 'device', {
        name: fields.get('name') ?? '',
        model: fields.get('model') ?? '',
        id: fields.get('id') ?? '',
        address: location.slice('yeelight://'.length).split(':', 1)[0]!,
        firmware: fields.get('fw_ver') ?? '',
      }),
    );
    return 'done';
  },
};
