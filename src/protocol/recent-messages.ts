/**
 * Messages that were decoded lately, by their bytes: what is announced to a whole network is announced again and again.
 * Direct mapped, so a newer message displaces an older one; what a decoder tells never depends on it. Only messages
 * without a fault are to be kept.
 */

/** Longer messages are not kept. */
const MAX_BYTES = 1024;

export class RecentMessages<Message> {
  private readonly mask: number;
  private readonly messages: (Message | undefined)[];
  private readonly lengths: Uint16Array;
  private readonly hashes: Int32Array;
  /** Allocated with the first message, because most captures have none. */
  private kept = new Uint8Array(0);

  /** `entries` is a power of two. */
  constructor(entries: number) {
    this.mask = entries - 1;
    this.messages = new Array<Message | undefined>(entries).fill(undefined);
    this.lengths = new Uint16Array(entries);
    this.hashes = new Int32Array(entries);
  }

  /** The message that `bytes[start, end)` were decoded to. */
  find(bytes: Uint8Array, start: number, end: number): Message | undefined {
    const length = end - start;
    if (length > MAX_BYTES || this.kept.length === 0) return undefined;
    const hash = hashBytes(bytes, start, end);
    const entry = (hash ^ (hash >>> 15)) & this.mask;
    if (this.hashes[entry] !== hash || this.lengths[entry] !== length) return undefined;
    const { kept } = this;
    const base = entry * MAX_BYTES;
    for (let at = 0; at < length; at++) if (kept[base + at] !== bytes[start + at]) return undefined;
    return this.messages[entry];
  }

  keep(bytes: Uint8Array, start: number, end: number, message: Message): void {
    const length = end - start;
    if (length > MAX_BYTES) return;
    if (this.kept.length === 0) this.kept = new Uint8Array((this.mask + 1) * MAX_BYTES);
    const hash = hashBytes(bytes, start, end);
    const entry = (hash ^ (hash >>> 15)) & this.mask;
    const base = entry * MAX_BYTES;
    for (let at = 0; at < length; at++) this.kept[base + at] = bytes[start + at]!;
    this.hashes[entry] = hash;
    this.lengths[entry] = length;
    this.messages[entry] = message;
  }
}

/** Four bytes a step. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
  return hash ^ (hash >>> 16);
}
