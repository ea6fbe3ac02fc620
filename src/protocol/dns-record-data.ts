/**
 * The data of DNS records, as far as they name hosts, services or products: A, NS, CNAME, SOA, PTR, HINFO, MX, TXT
 * (RFC 1035), AAAA (RFC 3596), SRV (RFC 2782), NSEC's next name (RFC 4034), SVCB and HTTPS (RFC 9460), and the owner
 * option in OPT by which sleeping hosts register with a proxy (draft-cheshire-edns0-owner-option).
 */
import { formatIp, formatIpv4, formatMac } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { type NameResult, readName } from './dns-name.ts';

/** Strings kept of one TXT record, parameters of one SVCB record. */
export const MAX_STRINGS = 64;

interface RecordData {
  readonly value: string;
  readonly port: number;
  readonly strings: readonly string[];
  readonly stringBytes?: readonly number[];
}

const NOTHING: RecordData = { value: '', port: 0, strings: [] };
const OPTION_OWNER = 4;
const SVC_PARAMETERS = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
];

const name: NameResult = { name: '', next: -1 };

/** Data of `type` in `[at, end)` of the message at `start`; null when it contradicts its type. */
export function readRecordData(
  bytes: Uint8Array,
  start: number,
  type: number,
  at: number,
  end: number,
): RecordData | null {
  const length = end - at;
  switch (type) {
    case 1:
      return length === 4 ? ofValue(formatIpv4(u32(bytes, at))) : lengthFault(length);
    case 28:
      return length === 16 ? ofValue(addressAt(bytes, at)) : lengthFault(length);
    case 2: // NS
    case 5: // CNAME
    case 6: // SOA
    case 12: // PTR
    case 47: // NSEC
      return length === 0 ? NOTHING : nameAt(bytes, start, at, end, 0);
    case 15: // MX
      return length < 3 ? lengthFault(length) : nameAt(bytes, start, at + 2, end, u16(bytes, at));
    case 33: // SRV
      return length < 7 ? lengthFault(length) : nameAt(bytes, start, at + 6, end, u16(bytes, at + 4));
    case 13: // HINFO
      return ofValue(readStrings(bytes, at, end).slice(0, 2).join('/'));
    case 16: // TXT
      return readTexts(bytes, at, end);
    case 41: // OPT
      return ofValue(readOwner(bytes, at, end));
    case 64: // SVCB
    case 65: // HTTPS
      return readService(bytes, start, at, end);
    default:
      return NOTHING;
  }
}

function ofValue(value: string): RecordData {
  return { value, port: 0, strings: [] };
}

/** Updates (RFC 2136) and known-answer tricks send empty data of any type. */
function lengthFault(length: number): RecordData | null {
  return length === 0 ? NOTHING : null;
}

function nameAt(bytes: Uint8Array, start: number, at: number, end: number, port: number): RecordData | null {
  readName(bytes, start, at, end, name);
  return name.next < 0 ? null : { value: name.name, port, strings: [] };
}

function addressAt(bytes: Uint8Array, at: number): string {
  return formatIp(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12));
}

/** Character strings; the last is cut at `end`. Empty strings carry nothing and are left out. */
function readTexts(bytes: Uint8Array, at: number, end: number): RecordData {
  const strings: string[] = [];
  const lengths: number[] = [];
  let isTold = true;
  while (at < end && strings.length < MAX_STRINGS) {
    const stop = Math.min(at + 1 + bytes[at]!, end);
    if (stop > at + 1) {
      const text = readText(bytes, at + 1, stop);
      isTold &&= Buffer.byteLength(text) === stop - at - 1;
      strings.push(text);
      lengths.push(stop - at - 1);
    }
    at = stop;
  }
  return { value: '', port: 0, strings, ...(isTold ? {} : { stringBytes: lengths }) };
}

function readStrings(bytes: Uint8Array, at: number, end: number): readonly string[] {
  return readTexts(bytes, at, end).strings;
}

/** The primary MAC address of the owner option, '' when there is none. */
function readOwner(bytes: Uint8Array, at: number, end: number): string {
  while (end - at >= 4) {
    const code = u16(bytes, at);
    const stop = at + 4 + u16(bytes, at + 2);
    if (stop > end) return '';
    if (code === OPTION_OWNER && stop - at >= 4 + 8) return formatMac(u48(bytes, at + 6));
    at = stop;
  }
  return '';
}

/** Priority, target and parameters; parameters as `key=value`, values of unknown keys left out. */
function readService(bytes: Uint8Array, start: number, at: number, end: number): RecordData | null {
  if (end - at < 3) return lengthFault(end - at);
  const port = u16(bytes, at);
  readName(bytes, start, at + 2, end, name);
  if (name.next < 0) return null;
  const value = name.name;
  const strings: string[] = [];
  at = name.next;
  while (end - at >= 4 && strings.length < MAX_STRINGS) {
    const key = u16(bytes, at);
    const stop = at + 4 + u16(bytes, at + 2);
    if (stop > end) return null;
    const label = SVC_PARAMETERS[key] ?? `key${key}`;
    const text = parameterText(bytes, key, at + 4, stop);
    strings.push(text === '' ? label : `${label}=${text}`);
    at = stop;
  }
  return { value, port, strings };
}

function parameterText(bytes: Uint8Array, key: number, at: number, end: number): string {
  switch (key) {
    case 1:
      return readStrings(bytes, at, end).join(',');
    case 3:
      return end - at === 2 ? String(u16(bytes, at)) : '';
    case 4:
      return end - at >= 4 ? formatIpv4(u32(bytes, at)) : '';
    case 6:
      return end - at >= 16 ? addressAt(bytes, at) : '';
    case 7:
      return readText(bytes, at, end);
    default:
      return '';
  }
}
