/**
 * DHCP for IPv4: RFC 2131 (message), RFC 2132 (options), with option overload (RFC 2132, 9.3), long options split in
 * several (RFC 3396), relay information (RFC 3046), FQDN (RFC 4702), architecture and machine id (RFC 4578), vendor
 * identifying options (RFC 3925), captive portal (RFC 8910).
 * Ignored on purpose: authentication (90), static routes (33, 121), boot file names, and whatever else names no device.
 */
import { type Mac, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder } from './decoder.ts';
import { type Dhcpv4Options, MAX_DHCP_OPTIONS, readDhcpv4Options } from './dhcpv4-options.ts';

/** Absent options are '' or empty or 0, unless said otherwise. */
export interface Dhcpv4Observation {
  readonly kind: 'dhcp';
  /** Option 53: 1 DISCOVER, 2 OFFER, 3 REQUEST, 4 DECLINE, 5 ACK, 6 NAK, 7 RELEASE, 8 INFORM; 0 for BOOTP. */
  readonly messageType: number;
  /** 1 BOOTREQUEST, 2 BOOTREPLY. */
  readonly op: number;
  readonly transactionId: number;
  /** `chaddr` when it is a MAC address (hardware types Ethernet and IEEE 802); `NO_MAC` otherwise. */
  readonly clientMac: Mac;
  /** `secs` and the broadcast flag: habits of a client. */
  readonly secondsElapsed: number;
  readonly wantsBroadcast: boolean;
  /** IPv4 words; 0 when not set. */
  readonly clientIp: number;
  readonly yourIp: number;
  readonly serverIp: number;
  readonly relayIp: number;
  /** Option 50, option 54. */
  readonly requestedIp: number;
  readonly serverIdentifier: number;
  /** Options 1, 3, 6, 42, 51 of a server's answer. */
  readonly subnetMask: number;
  readonly routers: readonly number[];
  readonly dnsServers: readonly number[];
  readonly ntpServers: readonly number[];
  readonly leaseSeconds: number;
  readonly hostName: string; // 12
  readonly domainName: string; // 15
  /** Option numbers in the order of the message, without pad and end; a split option counts once (a fingerprint). */
  readonly optionOrder: readonly number[];
  /** Option 55, in order. */
  readonly parameterRequestList: readonly number[];
  readonly maxMessageSize: number; // 57
  readonly vendorClass: string; // 60
  /** Option 61 as lower-case hex, type byte included. */
  readonly clientId: string;
  readonly userClass: string; // 77
  readonly clientFqdn: string; // 81
  /** Option 82 sub-options 1 and 2 as lower-case hex. */
  readonly circuitId: string;
  readonly remoteId: string;
  /** Option 93, first value; -1 when absent. */
  readonly clientArchitecture: number;
  /** Option 94: `type.major.minor`. */
  readonly clientNetworkInterface: string;
  /** Option 97 as lower-case hex. */
  readonly clientMachineId: string;
  readonly captivePortal: string; // 114
  /** Option 124: enterprise number and class data as text. */
  readonly vendorIdentifyingClass: readonly { readonly enterprise: number; readonly data: string }[];
  /** Option 125: enterprise number and sub-options, data as text. */
  readonly vendorIdentifyingOptions: readonly {
    readonly enterprise: number;
    readonly code: number;
    readonly data: string;
  }[];
  /** Option 43 as lower-case hex, bounded. */
  readonly vendorSpecific: string;
}

const FIXED_BYTES = 236;
const MAGIC_COOKIE = 0x63825363;
/** Addresses kept of one list option. */
const MAX_ADDRESSES = 16;
/** Vendor sub-options and classes kept. */
const MAX_VENDOR_ITEMS = 16;
const BROADCAST_FLAG = 0x8000;

export const dhcpv4Decoder: MessageDecoder = {
  name: 'dhcp',
  triggers: [{ kind: 'udp', ports: [67, 68] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < FIXED_BYTES) return 'foreign';
    const op = bytes[start]!;
    const hardwareLength = bytes[start + 2]!;
    if ((op !== 1 && op !== 2) || hardwareLength > 16) return 'foreign';
    const hardware = bytes[start + 1]!;
    const isMac = (hardware === 1 || hardware === 6) && hardwareLength === 6;
    const hasOptions = end - start >= FIXED_BYTES + 4 && u32(bytes, start + FIXED_BYTES) === MAGIC_COOKIE;
    const options = readDhcpv4Options(bytes, start, hasOptions ? start + FIXED_BYTES + 4 : end, end);
    const messageType = options.u8(53, 0);
    sink.observe({
      kind: 'dhcp',
      messageType: messageType >= 1 && messageType <= 18 ? messageType : 0,
      op,
      transactionId: u32(bytes, start + 4),
      clientMac: isMac ? u48(bytes, start + 28) : NO_MAC,
      secondsElapsed: u16(bytes, start + 8),
      wantsBroadcast: (u16(bytes, start + 10) & BROADCAST_FLAG) !== 0,
      clientIp: u32(bytes, start + 12),
      yourIp: u32(bytes, start + 16),
      serverIp: u32(bytes, start + 20),
      relayIp: u32(bytes, start + 24),
      requestedIp: options.u32(50),
      serverIdentifier: options.u32(54),
      subnetMask: options.u32(1),
      routers: addresses(options, 3),
      dnsServers: addresses(options, 6),
      ntpServers: addresses(options, 42),
      leaseSeconds: options.u32(51),
      hostName: options.text(12),
      domainName: options.text(15),
      optionOrder: options.order,
      parameterRequestList: Array.from(options.get(55)),
      maxMessageSize: options.u16(57, 0),
      vendorClass: options.text(60),
      clientId: options.hex(61),
      userClass: userClass(options.get(77)),
      clientFqdn: clientFqdn(options.get(81)),
      circuitId: relaySubOption(options.get(82), 1),
      remoteId: relaySubOption(options.get(82), 2),
      clientArchitecture: options.u16(93, -1),
      clientNetworkInterface: options.get(94).length >= 3 ? options.get(94).slice(0, 3).join('.') : '',
      clientMachineId: options.hex(97),
      captivePortal: options.text(114),
      vendorIdentifyingClass: vendorClasses(options.get(124)),
      vendorIdentifyingOptions: vendorOptions(options.get(125)),
      vendorSpecific: options.hex(43),
    });
    if (options.malformedAt >= 0) {
      const left = end - start - options.malformedAt;
      sink.issue(ISSUE['message/dhcp-malformed'], options.malformedAt, options.needed, left);
    }
    if (options.limited)
      sink.issue(ISSUE['message/message-limit'], 0, MAX_DHCP_OPTIONS + 1, MAX_DHCP_OPTIONS);
    return 'done';
  },
};

function addresses(options: Dhcpv4Options, code: number): number[] {
  const value = options.get(code);
  const list: number[] = [];
  for (let at = 0; at + 4 <= value.length && list.length < MAX_ADDRESSES; at += 4) list.push(u32(value, at));
  return list;
}

/** RFC 3004 asks for length-prefixed classes; most clients send bare text instead. Classes are joined by `, `. */
function userClass(value: Uint8Array): string {
  const classes: string[] = [];
  let at = 0;
  while (at < value.length && classes.length < MAX_VENDOR_ITEMS) {
    const length = value[at]!;
    if (length === 0 || at + 1 + length > value.length) return readText(value, 0, value.length);
    classes.push(readText(value, at + 1, at + 1 + length));
    at += 1 + length;
  }
  return classes.join(', ');
}

/** RFC 4702: flags, two obsolete result codes, then the name as DNS labels (E bit) or as plain text. */
function clientFqdn(value: Uint8Array): string {
  if (value.length <= 3) return '';
  if ((value[0]! & 0x04) === 0) return readText(value, 3, value.length).replace(/\.$/, '');
  let name = '';
  let at = 3;
  while (at < value.length) {
    const length = value[at]!;
    if (length === 0 || length > 63) break;
    const label = readText(value, at + 1, Math.min(at + 1 + length, value.length));
    name += name === '' ? label : `.${label}`;
    at += 1 + length;
  }
  return name;
}

function relaySubOption(value: Uint8Array, code: number): string {
  for (let at = 0; at + 2 <= value.length;) {
    const stop = Math.min(at + 2 + value[at + 1]!, value.length);
    if (value[at] === code) return formatHex(value, at + 2, stop);
    at = stop;
  }
  return '';
}

function vendorClasses(value: Uint8Array): { enterprise: number; data: string }[] {
  const classes: { enterprise: number; data: string }[] = [];
  for (let at = 0; at + 5 <= value.length && classes.length < MAX_VENDOR_ITEMS;) {
    const enterprise = u32(value, at);
    const stop = Math.min(at + 5 + value[at + 4]!, value.length);
    // Inside are length-prefixed data (RFC 3925, 3); some clients leave the inner length out.
    const inner = at + 5;
    const nested = stop - inner > 1 && value[inner]! === stop - inner - 1;
    classes.push({ enterprise, data: readText(value, nested ? inner + 1 : inner, stop) });
    at = stop;
  }
  return classes;
}

function vendorOptions(value: Uint8Array): { enterprise: number; code: number; data: string }[] {
  const list: { enterprise: number; code: number; data: string }[] = [];
  for (let at = 0; at + 5 <= value.length && list.length < MAX_VENDOR_ITEMS;) {
    const enterprise = u32(value, at);
    const stop = Math.min(at + 5 + value[at + 4]!, value.length);
    for (let inner = at + 5; inner + 2 <= stop && list.length < MAX_VENDOR_ITEMS;) {
      const innerStop = Math.min(inner + 2 + value[inner + 1]!, stop);
      list.push({ enterprise, code: value[inner]!, data: readText(value, inner + 2, innerStop) });
      inner = innerStop;
    }
    at = stop;
  }
  return list;
}
