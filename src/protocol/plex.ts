/**
 * Plex GDM ("Good Day Mate"): searches and answers in the form of SSDP, UDP 32410, 32412 to 32414.
 * Ignored on purpose: update times and host certificates.
 */
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { readHead, startsWith } from './header-fields.ts';

export const plexDecoder: MessageDecoder = {
  name: 'plex-gdm',
  triggers: [{ kind: 'udp', ports: [32410, 32412, 32413, 32414] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (startsWith(bytes, start, end, 'M-SEARCH * HTTP/')) {
      sink.observe(announcement('plex-gdm', 'query'));
      return 'done';
    }
    const isAnswer = startsWith(bytes, start, end, 'HTTP/1.');
    if (!isAnswer && !startsWith(bytes, start, end, 'HELLO * HTTP/')) return 'foreign';
    const { fields } = readHead(bytes, start, end);
    const deviceType = fields.get('content-type') ?? '';
    if (!deviceType.startsWith('plex/')) return 'foreign';
    sink.observe(
      announcement('plex-gdm', 'device', {
        name: fields.get('name') ?? '',
        model: fields.get('product') ?? '',
        deviceType,
        id: fields.get('resource-identifier') ?? '',
        firmware: fields.get('version') ?? '',
      }),
    );
    return 'done';
  },
};
