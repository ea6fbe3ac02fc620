/** Extension numbers and GREASE of TLS (IANA "TLS ExtensionType Values"; RFC 8701), and the lists that hellos share. */
import type { Cursor } from '../bytes/cursor.ts';
import { readFrequentText } from '../bytes/text-cache.ts';

export const TLS_EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  supportedVersions: 43,
  keyShare: 51,
  /** RFC 9849; drafts used the four numbers below it, and ESNI before them another. */
  encryptedClientHello: 0xfe0d,
  encryptedClientHelloDraft: 0xfe08,
  encryptedServerName: 0xffce,
} as const;

/** RFC 8701: reserved values that clients mix in at random; they say nothing about who sends them. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 255);
}

export function isEncryptedClientHello(extension: number): boolean {
  return (
    (extension >= TLS_EXTENSION.encryptedClientHelloDraft &&
      extension <= TLS_EXTENSION.encryptedClientHello) ||
    extension === TLS_EXTENSION.encryptedServerName
  );
}

/** `count` 16-bit numbers at the cursor, `limit` of them at most; the cursor moves behind all of them. */
export function readU16List(cursor: Cursor, count: number, limit: number): number[] {
  const values: number[] = [];
  const behind = cursor.offset + count * 2;
  if (behind > cursor.end) {
    cursor.skip(count * 2);
    return values;
  }
  const { bytes, offset } = cursor;
  const stop = offset + Math.min(count, limit) * 2;
  for (let at = offset; at < stop; at += 2) values.push((bytes[at]! << 8) | bytes[at + 1]!);
  cursor.skip(behind - offset);
  return values;
}

/** A protocol name of ALPN: opaque bytes, so one character a byte. */
export function readAlpnName(bytes: Uint8Array, start: number, end: number): string {
  let isPrintable = true;
  for (let at = start; at < end && isPrintable; at++) isPrintable = bytes[at]! >= 0x20 && bytes[at]! < 0x7f;
  return isPrintable
    ? readFrequentText(bytes, start, end)
    : String.fromCharCode(...bytes.subarray(start, end));
}
