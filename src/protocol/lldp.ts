/**
 * LLDP: IEEE 802.1AB, section 8; inventory of LLDP-MED (ANSI/TIA-1057, 10.2.6).
 * Ignored on purpose: 802.1 and 802.3 extensions (VLANs, power, aggregation), custom TLVs.
 */
import { formatIp, formatIpv4, formatMac, type Mac, NO_MAC } from '../bytes/address.ts';
import { u16, u24, u32, u48 } from '../bytes/endian.ts';
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';

export interface LldpObservation {
  readonly kind: 'lldp';
  /** MAC as text for subtype 4, address text for subtype 5, else text. */
  readonly chassisId: string;
  readonly chassisMac: Mac;
  readonly portId: string;
  readonly portDescription: string;
  readonly ttlSeconds: number;
  readonly systemName: string;
  readonly systemDescription: string;
  /** Bits: 0x2 repeater, 0x4 bridge, 0x8 access point, 0x10 router, 0x20 telephone, 0x80 station only. */
  readonly capabilities: number;
  readonly enabledCapabilities: number;
  /** Address text of the first management address. */
  readonly managementAddress: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardware: string;
  readonly firmware: string;
  readonly software: string;
  readonly serial: string;
}

/** TLVs read of one message. */
export const MAX_LLDP_TLVS = 128;
const TLV = {
  end: 0,
  chassisId: 1,
  portId: 2,
  ttl: 3,
  portDescription: 4,
  systemName: 5,
  systemDescription: 6,
  capabilities: 7,
  management: 8,
  organization: 127,
} as const;
const OUI_TIA = 0x0012bb;
const MED = {
  5: 'hardware',
  6: 'firmware',
  7: 'software',
  8: 'serial',
  9: 'manufacturer',
  10: 'model',
} as const;

type Seen = { -readonly [K in keyof LldpObservation]: LldpObservation[K] };

export const lldpDecoder: MessageDecoder = {
  name: 'lldp',
  triggers: [{ kind: 'ethertype', types: [0x88cc] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 2 || u16(bytes, start) >>> 9 !== TLV.chassisId) return 'foreign';
    const seen: Seen = {
      kind: 'lldp',
      chassisId: '',
      chassisMac: NO_MAC,
      portId: '',
      portDescription: '',
      ttlSeconds: 0,
      systemName: '',
      systemDescription: '',
      capabilities: 0,
      enabledCapabilities: 0,
      managementAddress: '',
      manufacturer: '',
      model: '',
      hardware: '',
      firmware: '',
      software: '',
      serial: '',
    };
    let at = start;
    for (let count = 0; end - at >= 2; count++) {
      const type = u16(bytes, at) >>> 9;
      const stop = at + 2 + (u16(bytes, at) & 0x1ff);
      if (type === TLV.end) break;
      if (stop > end) {
        sink.issue(ISSUE['message/lldp-malformed'], at - start, stop - at, end - at);
        break;
      }
      if (count >= MAX_LLDP_TLVS) {
        sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
        break;
      }
      readTlv(bytes, type, at + 2, stop, seen);
      at = stop;
    }
    sink.observe(seen);
    return 'done';
  },
};

function readTlv(bytes: Uint8Array, type: number, at: number, end: number, seen: Seen): void {
  switch (type) {
    case TLV.chassisId:
      seen.chassisId = readId(bytes, at, end, 4, 5);
      if (bytes[at] === 4 && end - at === 7) seen.chassisMac = u48(bytes, at + 1);
      break;
    case TLV.portId:
      seen.portId = readId(bytes, at, end, 3, 4);
      break;
    case TLV.ttl:
      if (end - at >= 2) seen.ttlSeconds = u16(bytes, at);
      break;
    case TLV.portDescription:
      seen.portDescription = readText(bytes, at, end);
      break;
    case TLV.systemName:
      seen.systemName = readText(bytes, at, end);
      break;
    case TLV.systemDescription:
      seen.systemDescription = readText(bytes, at, end);
      break;
    case TLV.capabilities:
      if (end - at >= 4) {
        seen.capabilities = u16(bytes, at);
        seen.enabledCapabilities = u16(bytes, at + 2);
      }
      break;
    case TLV.management:
      if (end - at >= 2 && seen.managementAddress === '') {
        seen.managementAddress = readNetworkAddress(bytes, at + 1, Math.min(end, at + 1 + bytes[at]!));
      }
      break;
    case TLV.organization:
      if (end - at >= 4 && u24(bytes, at) === OUI_TIA) {
        const field = MED[bytes[at + 3] as keyof typeof MED] as (typeof MED)[keyof typeof MED] | undefined;
        if (field !== undefined) seen[field] = readText(bytes, at + 4, end);
      }
      break;
    default:
      break;
  }
}

/** An identifier with its subtype before it; the subtypes for MAC and network addresses differ by TLV. */
function readId(
  bytes: Uint8Array,
  at: number,
  end: number,
  macSubtype: number,
  addressSubtype: number,
): string {
  if (end - at < 2) return '';
  const subtype = bytes[at]!;
  if (subtype === macSubtype && end - at === 7) return formatMac(u48(bytes, at + 1));
  if (subtype === addressSubtype) return readNetworkAddress(bytes, at + 1, end);
  return readText(bytes, at + 1, end);
}

/** An address with its IANA family before it: 1 IPv4, 2 IPv6; others as hex. */
function readNetworkAddress(bytes: Uint8Array, at: number, end: number): string {
  if (bytes[at] === 1 && end - at === 5) return formatIpv4(u32(bytes, at + 1));
  if (bytes[at] === 2 && end - at === 17) {
    return formatIp(u32(bytes, at + 1), u32(bytes, at + 5), u32(bytes, at + 9), u32(bytes, at + 13));
  }
  if (bytes[at] === 6 && end - at === 7) return formatMac(u48(bytes, at + 1));
  return formatHex(bytes, at + 1, end);
}
