/**
 * TP-Link smart home protocol, port 9999 over UDP and (with a length before each message) TCP: JSON hidden by an XOR
 * with the byte before, first key 171. Publicly described since 2016; Kasa plugs, switches and lamps speak it.
 * Ignored on purpose: positions (latitude, longitude), cloud accounts, Wi-Fi set-up, energy readings, commands.
 */
import { parseMac } from '../bytes/address.ts';
import { u32 } from '../bytes/endian.ts';
import { announcement } from './announcement.ts';
import type { DecodeResult, DecoderTrigger, MessageContext, MessageDecoder, MessageSink } from './decoder.ts';
import {
  firstTextField,
  hasField,
  MAX_JSON_BYTES,
  objectField,
  readJsonObject,
  textField,
} from './json-object.ts';

const PORT = 9999;
const FIRST_KEY = 171;
const OPEN_BRACE = 0x7b;
/** What a message may start with in the clear: `{"`. */
const QUOTE = 0x22;

export const kasaDecoder = kasa({ kind: 'udp', ports: [PORT] }, (bytes, start, end, context, sink) =>
  decodeJson(bytes, start, end, context, sink),
);

export const kasaTcpDecoder = kasa({ kind: 'tcp', ports: [PORT] }, (bytes, start, end, context, sink) => {
  if (end - start < 6) return 'incomplete';
  const length = u32(bytes, start);
  if (length < 2 || length > MAX_JSON_BYTES || !looksHidden(bytes, start + 4)) return 'foreign';
  if (end - start - 4 < length) return 'incomplete';
  return decodeJson(bytes, start + 4, start + 4 + length, context, sink);
});

function kasa(trigger: DecoderTrigger, decode: MessageDecoder['decode']): MessageDecoder {
  return { name: 'kasa', triggers: [trigger], scope: 'start', decode };
}

function looksHidden(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === (OPEN_BRACE ^ FIRST_KEY) && (FIRST_KEY ^ OPEN_BRACE ^ bytes[at + 1]!) === QUOTE;
}

function decodeJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: MessageContext,
  sink: MessageSink,
): DecodeResult {
  if (end - start < 2 || end - start > MAX_JSON_BYTES || !looksHidden(bytes, start)) return 'foreign';
  const plain = new Uint8Array(end - start);
  let key = FIRST_KEY;
  for (let i = 0; i < plain.length; i++) {
    plain[i] = key ^ bytes[start + i]!;
    key = bytes[start + i]!;
  }
  const message = readJsonObject(plain, 0, plain.length);
  if (message === null) return 'foreign';
  const info = objectField(objectField(message, 'system'), 'get_sysinfo');
  if (!hasField(info, 'model') && !hasField(info, 'deviceId')) {
    // Devices answer commands too; what they send comes from the port that they serve.
    const isDevice = context.batch.srcPort[context.index] === PORT;
    sink.observe(announcement('kasa', isDevice ? 'device' : 'query'));
    return 'done';
  }
  sink.observe(
    announcement('kasa', 'device', {
      name: textField(info, 'alias'),
      model: textField(info, 'model'),
      deviceType: firstTextField(info, 'type', 'mic_type'),
      id: textField(info, 'deviceId'),
      mac: parseMac(firstTextField(info, 'mac', 'mic_mac', 'ethernet_mac')),
      firmware: textField(info, 'sw_ver'),
      hardware: textField(info, 'hw_ver'),
      details: detailsOf(textField(info, 'dev_name')),
    }),
  );
  return 'done';
}

function detailsOf(productName: string): string[] {
  return productName === '' ? [] : [`dev_name=${productName}`];
}
