/**
 * Cisco Discovery Protocol, as Cisco documents its frame format; SNAP protocol 0x2000 of OUI 00:00:0c. The message
 * starts at the LLC header. Ignored on purpose: VTP domain, cluster, power and the checksum.
 */
import { formatIpv4 } from '../bytes/address.ts';
import { u16, u24, u32 } from '../bytes/endian.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';

export interface CdpObservation {
  readonly kind: 'cdp';
  readonly version: number;
  readonly ttlSeconds: number;
  readonly deviceId: string;
  readonly portId: string;
  readonly platform: string;
  /** First line of the software description; '' when absent. */
  readonly software: string;
  /** Bits: 0x1 router, 0x2 transparent bridge, 0x8 switch, 0x10 host, 0x40 repeater, 0x80 phone. */
  readonly capabilities: number;
  /** IPv4 address text of the first address. */
  readonly address: string;
  /** 0 when absent. */
  readonly nativeVlan: number;
}

/** TLVs read of one message. */
export const MAX_CDP_TLVS = 128;
const SNAP = 0xaaaa03;
const OUI_CISCO = 0x00000c;
const PROTOCOL_CDP = 0x2000;
const HEADER_BYTES = 12;
const TLV = {
  deviceId: 1,
  addresses: 2,
  portId: 3,
  capabilities: 4,
  software: 5,
  platform: 6,
  nativeVlan: 10,
  management: 22,
} as const;

type Seen = { -readonly [K in keyof CdpObservation]: CdpObservation[K] };

export const cdpDecoder: MessageDecoder = {
  name: 'cdp',
  triggers: [{ kind: 'llc' }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES || u24(bytes, start) !== SNAP) return 'foreign';
    if (u24(bytes, start + 3) !== OUI_CISCO || u16(bytes, start + 6) !== PROTOCOL_CDP) return 'foreign';
    const seen: Seen = {
      kind: 'cdp',
      version: bytes[start + 8]!,
      ttlSeconds: bytes[start + 9]!,
      deviceId: '',
      portId: '',
      platform: '',
      software: '',
      capabilities: 0,
      address: '',
      nativeVlan: 0,
    };
    let at = start + HEADER_BYTES;
    for (let count = 0; end - at >= 4; count++) {
      const length = u16(bytes, at + 2);
      if (length < 4 || length > end - at) {
        sink.issue(ISSUE['message/cdp-malformed'], at - start, Math.max(4, length), end - at);
        break;
      }
      if (count >= MAX_CDP_TLVS) {
        sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
        break;
      }
      readTlv(bytes, u16(bytes, at), at + 4, at + length, seen);
      at += length;
    }
    sink.observe(seen);
    return 'done';
  },
};

function readTlv(bytes: Uint8Array, type: number, at: number, end: number, seen: Seen): void {
  switch (type) {
    case TLV.deviceId:
      seen.deviceId = readText(bytes, at, end);
      break;
    case TLV.portId:
      seen.portId = readText(bytes, at, end);
      break;
    case TLV.platform:
      seen.platform = readText(bytes, at, end);
      break;
    case TLV.software:
      seen.software = readText(bytes, at, end).split('\n', 1)[0]!.trim();
      break;
    case TLV.capabilities:
      if (end - at >= 4) seen.capabilities = u32(bytes, at);
      break;
    case TLV.nativeVlan:
      if (end - at >= 2) seen.nativeVlan = u16(bytes, at);
      break;
    case TLV.addresses:
    case TLV.management:
      if (seen.address === '') seen.address = firstAddress(bytes, at, end);
      break;
    default:
      break;
  }
}

/** A count, then entries: protocol type and length, protocol, address length, address. */
function firstAddress(bytes: Uint8Array, at: number, end: number): string {
  if (end - at < 6 || u32(bytes, at) === 0) return '';
  const lengthAt = at + 6 + bytes[at + 5]!;
  if (end - lengthAt < 6 || u16(bytes, lengthAt) !== 4) return '';
  return formatIpv4(u32(bytes, lengthAt + 2));
}
