/**
 * The few bodies that say something: a UPnP device description (UPnP Device Architecture 2.0, section 2.3), the title of a
 * page, the forms of `device-info.ts`, a printer's IPP attributes (`ipp.ts`), the fact that a form carries a password. Ignored on purpose: serial numbers, UDN and URLs of a description, which
 * identify one unit and its owner; every value of a form.
 */
import type { MessageSink } from './decoder.ts';
import { observeJsonInfo, observeXmlInfo } from './device-info.ts';
import type { Head } from './header-fields.ts';
import { observeIpp } from './ipp.ts';
import { loginOf } from './login.ts';
import type { StartLine } from './start-line.ts';
import { readXmlElements, xmlText } from './xml-elements.ts';

/** Bytes of a body that are looked at. */
const MAX_BODY_BYTES = 8192;
const MAX_TITLE = 128;
const PASSWORD_FIELD =
  /(?:^|[&"'{,\s])(?:[\w.-]{0,32}(?:passw(?:or)?d|pwd)[\w.-]{0,16}|pass|psw|psk|passphrase)["']?\s*[=:]/i;

/** Of a UPnP root device, as it describes itself. */
export interface UpnpDescriptionObservation {
  readonly kind: 'upnp-description';
  readonly deviceType: string;
  readonly friendlyName: string;
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelNumber: string;
  readonly modelDescription: string;
}

/** Title of a page that a device serves. */
export interface HttpTitleObservation {
  readonly kind: 'http-title';
  readonly title: string;
}

/** Length of the body; -1 when it is chunked or goes on to the end of the connection. */
export function bodyLength({ status, method }: StartLine, { fields }: Head): number {
  if (status !== 0 && (status < 200 || status === 204 || status === 304)) return 0;
  const coding = fields.get('transfer-encoding');
  if (coding !== undefined && /chunked/i.test(coding)) return -1;
  const text = fields.get('content-length');
  if (text !== undefined && /^\d{1,10}$/.test(text)) return Number(text);
  return status !== 0 || method === '' ? -1 : 0;
}

/** Looks at `bytes[head.bodyStart, end)`; true while more of the body could say more. */
export function observeBody(
  line: StartLine,
  head: Head,
  bytes: Uint8Array,
  end: number,
  isWhole: boolean,
  sink: MessageSink,
): boolean {
  const start = head.bodyStart;
  const type = (head.fields.get('content-type') ?? '').toLowerCase();
  const encoding = head.fields.get('content-encoding') ?? '';
  if (encoding !== '' && encoding !== 'identity') return false;
  const isFull = isWhole || end - start >= MAX_BODY_BYTES;
  const text = (): string =>
    Buffer.from(bytes.subarray(start, Math.min(end, start + MAX_BODY_BYTES))).toString('latin1');
  if (line.status === 0) {
    if (!isFull) return line.method === 'POST' || line.method === 'PUT';
    if (end > start && /urlencoded|json|^$/.test(type) && PASSWORD_FIELD.test(text())) {
      sink.observe(loginOf('http-form', '', 'given'));
    }
    return false;
  }
  if (line.status !== 200 && line.status !== 401) return false;
  if (type.includes('xml')) {
    if (observeDescription(bytes, start, end, isFull, text(), sink)) return false;
    // A chunk size may stand before the document.
    if (isFull) observeXmlInfo(bytes, start + Math.max(0, text().indexOf('<')), end, sink);
    return !isFull;
  }
  if (type.includes('json')) {
    if (isWhole) observeJsonInfo(bytes, start, end, sink);
    return !isFull;
  }
  if (type === 'application/ipp') {
    if (isFull) observeIpp(bytes, start, end, sink);
    return !isFull;
  }
  if (type.includes('html')) return !observeTitle(text(), sink) && !isFull;
  return false;
}

function observeDescription(
  bytes: Uint8Array,
  start: number,
  end: number,
  isFull: boolean,
  text: string,
  sink: MessageSink,
): boolean {
  // The root device's own texts come before its services and embedded devices.
  const behind = text.search(/<(?:\w+:)?(?:UDN|serviceList|deviceList)\b|<\/(?:\w+:)?device>/);
  if (behind < 0 && !isFull) return false;
  // A chunk size may stand before the document.
  const from = start + Math.max(0, text.indexOf('<'));
  const all = readXmlElements(bytes, from, Math.min(end, start + MAX_BODY_BYTES));
  const second = all.findIndex((element, index) => element.name === 'device' && index > firstDevice(all));
  const elements = all.slice(firstDevice(all), second < 0 ? all.length : second);
  const deviceType = xmlText(elements, 'deviceType');
  if (deviceType === '') return false;
  // Some documents have the texts after the first of those marks: wait for the rest while it can come.
  if (!isFull && xmlText(elements, 'modelName') === '') return false;
  sink.observe({
    kind: 'upnp-description',
    deviceType,
    friendlyName: xmlText(elements, 'friendlyName'),
    manufacturer: xmlText(elements, 'manufacturer'),
    modelName: xmlText(elements, 'modelName'),
    modelNumber: xmlText(elements, 'modelNumber'),
    modelDescription: xmlText(elements, 'modelDescription'),
  });
  return true;
}

function firstDevice(elements: readonly { readonly name: string }[]): number {
  return Math.max(
    0,
    elements.findIndex((element) => element.name === 'device'),
  );
}

function observeTitle(text: string, sink: MessageSink): boolean {
  const title = /<title[^>]{0,64}>([^<]{1,512})<\/title/i.exec(text)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
  if (title === '') return false;
  sink.observe({
    kind: 'http-title',
    title: Buffer.from(title, 'latin1').toString('utf8').slice(0, MAX_TITLE),
  });
  return true;
}
