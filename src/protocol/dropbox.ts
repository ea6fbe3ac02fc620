/**
 * Dropbox LanSync discovery, UDP 17500: JSON, broadcast every half minute.
 * Ignored on purpose: the numbers of shared folders.
 */
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { hasField, readJsonObject, textField } from './json-object.ts';

export const dropboxDecoder: MessageDecoder = {
  name: 'dropbox',
  triggers: [{ kind: 'udp', ports: [17500] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    const message = readJsonObject(bytes, start, end);
    if (message === null || !hasField(message, 'host_int')) return 'foreign';
    sink.observe(
      announcement('dropbox', 'device', {
        name: textField(message, 'displayname'),
        // As written: the number is longer than a double holds.
        id: hostNumber(bytes, start, end),
      }),
    );
    return 'done';
  },
};

const KEY = Buffer.from('"host_int":');
const MAX_DIGITS = 48;

function hostNumber(bytes: Uint8Array, start: number, end: number): string {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const at = message.indexOf(KEY);
  if (at < 0) return '';
  const text = message.toString('latin1', at + KEY.length, at + KEY.length + MAX_DIGITS);
  return /^\s*"?(\d+)/.exec(text)?.[1] ?? '';
}
