/**
 * Steam in-home streaming discovery, UDP 27036: a signature, then two length-prefixed protocol buffers (header, status).
 * Ignored on purpose: accounts and their keys, timestamps.
 */
import { type Mac, NO_MAC, parseMac } from '../bytes/address.ts';
import { u32, u32le } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const SIGNATURE = 0xffffffff;
const SIGNATURE_2 = 0x214c5fa0;
const MAX_FIELDS = 64;
/** Wire types of protocol buffers. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
/** Fields of CMsgRemoteClientBroadcastStatus. */
const STATUS = { hostName: 4, osType: 7, macAddress: 15 } as const;

export const steamDecoder: MessageDecoder = {
  name: 'steam',
  triggers: [{ kind: 'udp', ports: [27036] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 16 || u32(bytes, start) !== SIGNATURE || u32(bytes, start + 4) !== SIGNATURE_2)
      return 'foreign';
    const header = start + 12;
    const headerBytes = u32le(bytes, start + 8);
    if (headerBytes > end - header - 4) return 'foreign';
    const body = header + headerBytes + 4;
    const stop = Math.min(end, body + u32le(bytes, body - 4));
    let name = '';
    let osType = '';
    let mac: Mac = NO_MAC;
    eachField(bytes, body, stop, (number, at, to, value) => {
      if (number === STATUS.hostName && to > at) name = readText(bytes, at, to);
      if (number === STATUS.macAddress && mac === NO_MAC) mac = parseMac(readText(bytes, at, to));
      if (number === STATUS.osType && to === at) osType = String(value | 0);
    });
    if (name === '') sink.observe(announcement('steam', 'query'));
    else
      sink.observe(
        announcement('steam', 'device', { name, mac, details: osType === '' ? [] : [`ostype=${osType}`] }),
      );
    return 'done';
  },
};

/** Calls `take` with each field: a range for bytes, an empty range and the low 32 bits for varints. */
function eachField(
  bytes: Uint8Array,
  at: number,
  end: number,
  take: (number: number, at: number, end: number, value: number) => void,
): void {
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70 && at < end; shift += 7) {
      const byte = bytes[at++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    at = end;
    return 0;
  };
  for (let count = 0; at < end && count < MAX_FIELDS; count++) {
    const key = varint();
    const wire = key & 7;
    if (wire === WIRE.varint) {
      const value = varint();
      take(key >>> 3, at, at, value);
    } else if (wire === WIRE.bytes) {
      const length = varint();
      if (length > end - at) return;
      take(key >>> 3, at, at + length, 0);
      at += length;
    } else if (wire === WIRE.fixed64) at += 8;
    else if (wire === WIRE.fixed32) at += 4;
    else return;
  }
}
