/**
 * IPP over HTTP (RFC 8010, RFC 8011): what a printer says of itself in answer to Get-Printer-Attributes. Ignored on purpose:
 * jobs, users, documents, serial numbers, all other attributes.
 */
import { Cursor } from '../bytes/cursor.ts';
import { readText } from '../bytes/text.ts';
import type { MessageSink } from './decoder.ts';

/** Attributes that are looked at. */
const MAX_ATTRIBUTES = 256;
const END_OF_ATTRIBUTES = 3;
/** Tags below it delimit groups. */
const FIRST_VALUE_TAG = 0x10;

export interface IppPrinterObservation {
  readonly kind: 'ipp-printer';
  readonly makeAndModel: string;
  readonly name: string;
  readonly info: string;
  /** IEEE 1284 device id without its serial number. */
  readonly deviceId: string;
  /** Path of the first URI: `/ipp/print` of a printer itself, `/printers/…` of a queue that a computer shares. */
  readonly path: string;
}

/** Looks at a response body; true when it named a printer. */
export function observeIpp(bytes: Uint8Array, start: number, end: number, sink: MessageSink): boolean {
  const cursor = new Cursor(bytes, start, end);
  if (cursor.readU8() > 2) return false;
  cursor.skip(7);
  const found = { makeAndModel: '', name: '', info: '', deviceId: '', path: '' };
  for (let count = 0; count < MAX_ATTRIBUTES && cursor.remaining > 0; count++) {
    const tag = cursor.readU8();
    if (tag === END_OF_ATTRIBUTES) break;
    if (tag < FIRST_VALUE_TAG) continue;
    const nameLength = cursor.readU16();
    const nameAt = cursor.take(nameLength);
    const valueLength = cursor.readU16();
    const valueAt = cursor.take(valueLength);
    if (!cursor.ok) break;
    const value = (): string => readText(bytes, valueAt, valueAt + valueLength);
    switch (readText(bytes, nameAt, nameAt + nameLength, 64)) {
      case 'printer-make-and-model':
        found.makeAndModel = value();
        break;
      case 'printer-name':
        found.name = value();
        break;
      case 'printer-info':
        found.info = value();
        break;
      case 'printer-uri-supported':
        found.path = /^ipps?:\/\/[^/]*(\/[^?]*)/i.exec(value())?.[1] ?? '';
        break;
      case 'printer-device-id':
        found.deviceId = value().replace(/(?:^|;)\s*(?:SN|SERN|SERIALNUMBER):[^;]*/gi, '');
        break;
      default:
    }
  }
  if (found.makeAndModel === '' && found.deviceId === '') return false;
  sink.observe({ kind: 'ipp-printer', ...found });
  return true;
}
