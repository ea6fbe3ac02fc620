/**
 * Text from the wire is hostile: it may hold terminal escapes, HTML, newlines, right-to-left marks, broken
 * UTF-8 or a megabyte. `readText` bounds and decodes it once, on the way in; `escapeForTerminal` is applied
 * by every writer that shows it to a person.
 */

/** Longest text kept from one field, in bytes of the wire. */
export const MAX_TEXT_BYTES = 256;

const decoder = new TextDecoder('utf-8', { fatal: false });
/** Over the memory that was read last: making a view costs more than reading a name. */
let view: Buffer = Buffer.alloc(0);

function readLatin1(bytes: Uint8Array, start: number, stop: number): string {
  if (bytes instanceof Buffer) return bytes.toString('latin1', start, stop);
  if (view.buffer !== bytes.buffer) view = Buffer.from(bytes.buffer);
  return view.toString('latin1', bytes.byteOffset + start, bytes.byteOffset + stop);
}

/**
 * The text in `bytes[start, end)`, at most `maxBytes` of it, cut at a trailing NUL; invalid UTF-8 becomes U+FFFD.
 * Control characters stay: they are evidence, and are escaped where they are shown.
 */
export function readText(bytes: Uint8Array, start: number, end: number, maxBytes = MAX_TEXT_BYTES): string {
  let stop = Math.min(end, bytes.length, start + maxBytes);
  if (stop <= start) return '';
  while (stop > start && bytes[stop - 1] === 0) stop--;
  let ascii = true;
  for (let i = start; i < stop; i++) {
    if (bytes[i]! > 0x7e || bytes[i]! < 0x20) {
      ascii = false;
      break;
    }
  }
  if (ascii) return readLatin1(bytes, start, stop);
  return decoder.decode(bytes.subarray(start, stop));
}

// C0, DEL, C1, bidirectional controls, zero-width characters, line and paragraph separators, BOM, lone surrogates.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Makes text harmless on a terminal and in a table: one line, no control or direction-changing characters. */
export function escapeForTerminal(text: string, maxLength = 200): string {
  const safe = text.replace(UNSAFE, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1)}…` : safe;
}
