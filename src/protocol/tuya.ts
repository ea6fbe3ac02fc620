/**
 * Tuya's local broadcasts: port 6666 in the clear, 6667 (protocol 3.3, AES-128-ECB) and 7000 (3.5, AES-128-GCM), all with
 * the one key that every app and device of the world has, md5 of a fixed text. Publicly documented (tinytuya, tuyapi).
 * Ignored on purpose: control messages between app and device, which use secret keys; checksums and GCM tags (what is
 * not JSON after decryption is foreign).
 */
import { createDecipheriv } from 'node:crypto';
import { u32 } from '../bytes/endian.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { firstTextField, hasField, type JsonObject, readJsonObject, textField } from './json-object.ts';

/** The MD5 of `yGAdlopoPVldABfn`, which is the same for all devices. */
const PUBLIC_KEY = Buffer.from('6c1ec8e2bb9bb59ab50b0daf649b410a', 'hex');
const PREFIX = { old: 0x000055aa, gcm: 0x00006699 } as const;
const SUFFIX_BYTES = { old: 8, gcm: 4 } as const;
const HEADER_BYTES = { old: 16, gcm: 18 } as const;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_PAYLOAD_BYTES = 4096;
const AES_BLOCK = 16;
/** The payload of an answer starts with a return code, which is below this; JSON and ciphertext hardly ever are. */
const MAX_RETURN_CODE = 0xff;

export const tuyaDecoder: MessageDecoder = {
  name: 'tuya',
  triggers: [{ kind: 'udp', ports: [6666, 6667, 7000] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    const message = readMessage(bytes, start, end);
    if (message === null) return 'foreign';
    const isDevice = hasField(message, 'gwId') || hasField(message, 'productKey');
    sink.observe(
      announcement('tuya', isDevice ? 'device' : 'query', {
        model: isDevice ? textField(message, 'productKey') : '',
        id: isDevice ? firstTextField(message, 'gwId', 'uuid') : '',
        address: isDevice ? textField(message, 'ip') : '',
        details: isDevice && hasField(message, 'version') ? [`version=${textField(message, 'version')}`] : [],
      }),
    );
    return 'done';
  },
};

function readMessage(bytes: Uint8Array, start: number, end: number): JsonObject | null {
  if (end - start < HEADER_BYTES.gcm) return null;
  const prefix = u32(bytes, start);
  if (prefix === PREFIX.gcm) {
    const payload = start + HEADER_BYTES.gcm;
    const stop = payload + u32(bytes, start + 14);
    if (stop > end - SUFFIX_BYTES.gcm || stop - payload > MAX_PAYLOAD_BYTES) return null;
    return readGcm(bytes, payload, stop);
  }
  if (prefix !== PREFIX.old) return null;
  let payload = start + HEADER_BYTES.old;
  const stop = payload + u32(bytes, start + 12) - SUFFIX_BYTES.old;
  if (stop > end || stop - payload > MAX_PAYLOAD_BYTES || stop - payload < 4) return null;
  if (u32(bytes, payload) <= MAX_RETURN_CODE) payload += 4;
  return readJsonObject(bytes, payload, stop) ?? readEcb(bytes, payload, stop);
}

/** Padding is left on and cut at its length byte, so that no input makes the cipher throw. */
function readEcb(bytes: Uint8Array, start: number, end: number): JsonObject | null {
  if (end <= start || (end - start) % AES_BLOCK !== 0) return null;
  const cipher = createDecipheriv('aes-128-ecb', PUBLIC_KEY, null).setAutoPadding(false);
  const plain = cipher.update(bytes.subarray(start, end));
  return readJsonObject(plain, 0, plain.length - Math.min(plain[plain.length - 1]!, plain.length));
}

/** GCM without its check is counter mode that starts at 2. */
function readGcm(bytes: Uint8Array, start: number, end: number): JsonObject | null {
  if (end - start < NONCE_BYTES + TAG_BYTES + 2) return null;
  const counter = Buffer.alloc(16);
  counter.set(bytes.subarray(start, start + NONCE_BYTES));
  counter[15] = 2;
  const cipher = createDecipheriv('aes-128-ctr', PUBLIC_KEY, counter);
  const plain = cipher.update(bytes.subarray(start + NONCE_BYTES, end - TAG_BYTES));
  const hasReturnCode = plain.length >= 4 && u32(plain, 0) <= MAX_RETURN_CODE;
  return readJsonObject(plain, hasReturnCode ? 4 : 0, plain.length);
}
