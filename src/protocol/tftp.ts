/**
 * TFTP requests: RFC 1350, options of RFC 2347. The file that is asked for tells phones, boot loaders and access points.
 * Ignored on purpose: the transfer, which goes on between other ports.
 */
import { u16 } from '../bytes/endian.ts';
import { findByte } from '../bytes/find.ts';
import { readText } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';

export interface TftpObservation {
  readonly kind: 'tftp';
  readonly operation: 'read' | 'write';
  readonly fileName: string;
  /** `octet`, `netascii`, in lower case. */
  readonly mode: string;
  /** Names of options, in order, in lower case. */
  readonly options: readonly string[];
}

const OPCODE = { read: 1, write: 2 } as const;
const MAX_TEXTS = 34;
const MODES: ReadonlySet<string> = new Set(['octet', 'netascii', 'mail', 'binary']);

export const tftpDecoder: MessageDecoder = {
  name: 'tftp',
  triggers: [{ kind: 'udp', ports: [69] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 4) return 'foreign';
    const opcode = u16(bytes, start);
    if (opcode !== OPCODE.read && opcode !== OPCODE.write) return 'foreign';
    const texts: string[] = [];
    let at = start + 2;
    while (at < end && texts.length < MAX_TEXTS) {
      const nul = findByte(bytes, 0, at, end);
      if (nul < 0) break;
      texts.push(readText(bytes, at, nul));
      at = nul + 1;
    }
    const mode = (texts[1] ?? '').toLowerCase();
    if (!MODES.has(mode)) return 'foreign';
    sink.observe({
      kind: 'tftp',
      operation: opcode === OPCODE.read ? 'read' : 'write',
      fileName: texts[0]!,
      mode,
      options: texts
        .slice(2)
        .filter((_, i) => i % 2 === 0)
        .map((name) => name.toLowerCase()),
    });
    return 'done';
  },
};
