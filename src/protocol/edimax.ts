/**
 * Edimax plugs and cameras: XML over UDP to their relay (8765) and by broadcast, as published analyses of these plugs
 * describe it. The first byte is `<` plus a number from 0 to 7, and every byte after it is rotated right by as many bits.
 * Ignored on purpose: the relay's answers, NAT probing, the alias and addresses of other parties, the TCP login.
 */
import { parseMac } from '../bytes/address.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';

const KEY = 0x3c;
/** A registration has less than 400 bytes. */
const MAX_BYTES = 1024;
const MAX_ELEMENTS = 32;
const OPENING = 'param>';

/** Code of the message by which a device registers with its description. */
const REGISTER = '1010';

export const edimaxDecoder: MessageDecoder = {
  name: 'edimax',
  triggers: [{ kind: 'udp', ports: [8765] }],
  scope: 'start',
  probe: isEdimax,
  decode(bytes, start, end, _context, sink) {
    if (!isEdimax(bytes, start, end)) return 'foreign';
    const fields = readFields(
      plainText(bytes, start + 1, Math.min(end, start + MAX_BYTES), bytes[start]! - KEY),
    );
    if (fields.get('code') !== REGISTER) return 'done';
    const product = (fields.get('productid') ?? '').split('#');
    sink.observe(
      announcement('edimax', 'device', {
        manufacturer: product[0]!,
        model: fields.get('model') ?? '',
        deviceType: fields.get('type') ?? '',
        name: fields.get('alias') ?? '',
        id: fields.get('id') ?? '',
        mac: parseMac(fields.get('id') ?? ''),
        address: fields.get('lanip') ?? '',
        firmware: fields.get('devfwver') ?? '',
      }),
    );
    return 'done';
  },
};

function isEdimax(bytes: Uint8Array, start: number, end: number): boolean {
  const rotation = bytes[start]! - KEY;
  if (end - start <= OPENING.length || rotation < 0 || rotation > 7) return false;
  for (let i = 0; i < OPENING.length; i++) {
    if (rotateLeft(bytes[start + 1 + i]!, rotation) !== OPENING.charCodeAt(i)) return false;
  }
  return true;
}

function rotateLeft(byte: number, bits: number): number {
  return ((byte << bits) | (byte >>> (8 - bits))) & 0xff;
}

function plainText(bytes: Uint8Array, start: number, end: number, rotation: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(rotateLeft(bytes[at]!, rotation));
  return text;
}

/** `<name value="text" />`, one field each. */
function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/<([a-z]{1,16}) value="([^"]{0,128})"/g)) {
    if (fields.size >= MAX_ELEMENTS) break;
    fields.set(name!, value!);
  }
  return fields;
}
