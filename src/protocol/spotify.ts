/**
 * Spotify's local discovery, UDP 57621: a datagram that starts `SpotUdp`, from port to port. Desktop clients send it.
 * Ignored on purpose: all that follows, which is not public.
 */
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';

export const spotifyDecoder: MessageDecoder = {
  name: 'spotify',
  triggers: [{ kind: 'udp', ports: [57621] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (!startsWith(bytes, start, end, 'SpotUdp')) return 'foreign';
    sink.observe(announcement('spotify', 'device'));
    return 'done';
  },
};
