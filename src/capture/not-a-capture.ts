/** What a file that is no capture looks like, for an error message. */

const MAGIC: readonly (readonly [prefix: string, what: string])[] = [
  ['504b0304', 'a zip archive'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['7f454c46', 'a program'],
  ['25504446', 'a PDF document'],
  ['89504e47', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
  ['52545353', 'a NetXRay or Sniffer capture'],
  ['54525300', 'a Sniffer capture'],
  ['58435000', 'a NetXRay capture'],
  ['474d4255', 'a Network Monitor capture'],
  ['52545300', 'a Network Monitor capture'],
];

/** A phrase such as `text` or `a zip archive`; '' when the first bytes say nothing. */
export function looksLike(head: Uint8Array): string {
  const hex = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16)).toString('hex');
  for (const [prefix, what] of MAGIC) if (hex.startsWith(prefix)) return what;
  if (head.length > 0 && head.subarray(0, 512).every(isTextByte)) {
    const text = Buffer.from(head.subarray(0, 64)).toString('latin1').trimStart();
    if (text.startsWith('{') || text.startsWith('[')) return 'JSON';
    if (/^<(!doctype|html|\?xml)/i.test(text)) return 'HTML or XML';
    return 'text';
  }
  return '';
}

function isTextByte(byte: number): boolean {
  return byte >= 0x80 || (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
}
