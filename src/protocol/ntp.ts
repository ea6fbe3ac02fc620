/**
 * NTP and SNTP: RFC 5905, section 7.3. Which fields a client leaves at zero is a habit of its implementation.
 * Ignored on purpose: what the clocks say, extension fields, control and private messages beyond their mode.
 */
import { formatIpv4 } from '../bytes/address.ts';
import { u32 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import type { MessageDecoder } from './decoder.ts';

export interface NtpObservation {
  readonly kind: 'ntp';
  readonly version: number;
  /** 1 and 2 symmetric, 3 client, 4 server, 5 broadcast, 6 control, 7 private. */
  readonly mode: number;
  /** 3: the sender's clock is not synchronised. */
  readonly leap: number;
  readonly stratum: number;
  /** Exponents of two, in seconds. */
  readonly poll: number;
  readonly precision: number;
  /** `GPS`, `DCF` for stratum 0 and 1, the upstream server's address (or a hash of it) above; '' when zero. */
  readonly referenceId: string;
  /** Which of the fields from root delay to transmit timestamp are not zero, bit 0 the first of seven. */
  readonly filled: number;
  /** Bytes after the fixed header: extensions and authentication. */
  readonly extraBytes: number;
}

const FIXED_BYTES = 48;
const MODE = { control: 6, private: 7 } as const;
/** Offset and length of root delay, root dispersion, reference id and the four timestamps. */
const FIELDS: readonly (readonly [offset: number, length: number])[] = [
  [4, 4],
  [8, 4],
  [12, 4],
  [16, 8],
  [24, 8],
  [32, 8],
  [40, 8],
];

export const ntpDecoder: MessageDecoder = {
  name: 'ntp',
  triggers: [{ kind: 'udp', ports: [123] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 8) return 'foreign';
    const mode = bytes[start]! & 7;
    const version = (bytes[start]! >>> 3) & 7;
    if (version < 1 || version > 4 || mode === 0) return 'foreign';
    const isShort = mode === MODE.control || mode === MODE.private;
    if (!isShort && end - start < FIXED_BYTES) return 'foreign';
    const stratum = isShort ? 0 : bytes[start + 1]!;
    sink.observe({
      kind: 'ntp',
      version,
      mode,
      leap: bytes[start]! >>> 6,
      stratum,
      poll: isShort ? 0 : signed8(bytes[start + 2]!),
      precision: isShort ? 0 : signed8(bytes[start + 3]!),
      referenceId: isShort ? '' : referenceId(bytes, start + 12, stratum),
      filled: isShort ? 0 : filledFields(bytes, start),
      extraBytes: isShort ? 0 : end - start - FIXED_BYTES,
    });
    return 'done';
  },
};

function signed8(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}

function referenceId(bytes: Uint8Array, at: number, stratum: number): string {
  if (u32(bytes, at) === 0) return '';
  return stratum <= 1 ? readText(bytes, at, at + 4) : formatIpv4(u32(bytes, at));
}

function filledFields(bytes: Uint8Array, start: number): number {
  let bits = 0;
  for (const [i, [offset, length]] of FIELDS.entries()) {
    for (let k = 0; k < length; k++) if (bytes[start + offset + k] !== 0) bits |= 1 << i;
  }
  return bits;
}
