/** Text to address words: the inverse of `formatIp`. */

/** Reads `text` into four words at `out[at]`; false when it is neither IPv4 nor IPv6 (zones are not accepted). */
export function parseIp(text: string, out: Uint32Array, at = 0): boolean {
  if (text.length > 45) return false;
  if (!text.includes(':')) {
    const word = parseIpv4(text);
    if (word < 0) return false;
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = 0xffff;
    out[at + 3] = word;
    return true;
  }
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return false;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return false;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  for (let i = 0; i < 4; i++) out[at + i] = groups[i * 2]! * 0x10000 + groups[i * 2 + 1]!;
  return true;
}

/** The word of a dotted quad, or -1. */
export function parseIpv4(text: string): number {
  if (text.length < 7 || text.length > 15) return -1;
  let word = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (digits === 0 || ++dots > 3) return -1;
      word = word * 256 + byte;
      byte = digits = 0;
    } else {
      if (code < 0x30 || code > 0x39 || ++digits > 3) return -1;
      byte = byte * 10 + code - 0x30;
      if (byte > 255) return -1;
    }
  }
  return dots === 3 && digits > 0 ? word * 256 + byte : -1;
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const word = parseIpv4(part);
      if (word < 0 || index !== parts.length - 1) return null;
      groups.push(word >>> 16, word & 0xffff);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
