/** RFB, the protocol of VNC (RFC 6143, section 7.1.1): its version line. Ignored on purpose: everything after it. */
import { readText } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';
import { startsWith } from './header-fields.ts';

const LINE_BYTES = 12;

export const vncDecoder: MessageDecoder = {
  name: 'vnc',
  triggers: [{ kind: 'tcp', ports: [5900, 5901] }],
  scope: 'start',
  probe: (bytes, start, end) => startsWith(bytes, start, end, 'RFB 00'),
  decode(bytes, start, end, _context, sink) {
    if (!startsWith(bytes, start, end, 'RFB 00'.slice(0, Math.max(1, end - start)))) return 'foreign';
    if (end - start < LINE_BYTES) return 'incomplete';
    if (!/^RFB \d{3}\.\d{3}$/.test(readText(bytes, start, start + LINE_BYTES - 1))) return 'foreign';
    sink.observe({ kind: 'banner', protocol: 'vnc', text: readText(bytes, start, start + LINE_BYTES - 1) });
    return 'done';
  },
};
