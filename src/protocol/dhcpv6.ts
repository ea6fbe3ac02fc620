/**
 * DHCP for IPv6: RFC 8415, through relays; FQDN (RFC 4704), DNS (RFC 3646), architecture (RFC 5970), the client's link
 * address as a relay tells it (RFC 6939).
 * Ignored on purpose: authentication, timers, status texts, boot file URLs, lease times of addresses.
 */
import { formatIp, type Mac, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';
import { ISSUE } from '../packet/issue.ts';
import type { MessageDecoder, MessageSink } from './decoder.ts';
import { type NameResult, readName } from './dns-name.ts';

/** Absent options are '' or empty or 0, unless said otherwise. */
export interface Dhcpv6Observation {
  readonly kind: 'dhcpv6';
  /** 1 SOLICIT, 2 ADVERTISE, 3 REQUEST, 5 RENEW, 7 REPLY, 8 RELEASE, 11 INFORMATION-REQUEST … of the inner message. */
  readonly messageType: number;
  readonly transactionId: number;
  /** Relay headers around the message. */
  readonly relays: number;
  /** Option numbers in the order of the message (a fingerprint). */
  readonly optionOrder: readonly number[];
  /** Option 6, in order. */
  readonly optionRequest: readonly number[];
  /** Option 1 as lower-case hex, its type (1 link and time, 2 enterprise, 3 link, 4 UUID), what it holds. */
  readonly clientDuid: string;
  readonly duidType: number;
  /** MAC inside the DUID; `NO_MAC` when there is none. It may be that of another interface. */
  readonly duidMac: Mac;
  readonly duidEnterprise: number;
  /** Option 2 as lower-case hex. */
  readonly serverDuid: string;
  readonly clientFqdn: string; // 39
  readonly userClass: string; // 15
  readonly vendorClass: readonly { readonly enterprise: number; readonly data: string }[]; // 16
  readonly vendorOptions: readonly {
    readonly enterprise: number;
    readonly code: number;
    readonly data: string;
  }[]; // 17
  /** Addresses within options 3 and 4, prefixes (`p/length`) within 25. */
  readonly addresses: readonly string[];
  readonly prefixes: readonly string[];
  readonly dnsServers: readonly string[]; // 23
  readonly searchDomains: readonly string[]; // 24
  /** Option 61, first value; -1 when absent. */
  readonly clientArchitecture: number;
  /** Option 79 of a relay; `NO_MAC` when absent. */
  readonly clientLinkMac: Mac;
}

/** Relay headers around one message, options of one message, items kept of one list. */
export const MAX_RELAYS = 8;
export const MAX_DHCPV6_OPTIONS = 128;
const MAX_LIST = 32;

const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const RELAY_HEADER_BYTES = 34;
const OPTION_RELAY_MESSAGE = 9;
const OPTION_CLIENT_LINK = 79;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };
type Seen = Mutable<Dhcpv6Observation>;

export const dhcpv6Decoder: MessageDecoder = {
  name: 'dhcpv6',
  triggers: [{ kind: 'udp', ports: [546, 547] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 4 || bytes[start]! < 1 || bytes[start]! > RELAY_REPLY) return 'foreign';
    const seen = emptyObservation();
    let from = start;
    let to = end;
    while (bytes[from] === RELAY_FORWARD || bytes[from] === RELAY_REPLY) {
      if (seen.relays >= MAX_RELAYS) {
        sink.issue(ISSUE['message/message-limit'], from - start, MAX_RELAYS + 1, MAX_RELAYS);
        return 'done';
      }
      seen.relays++;
      let inner = -1;
      let innerEnd = -1;
      eachOption(bytes, start, from + RELAY_HEADER_BYTES, to, sink, (code, at, stop) => {
        if (code === OPTION_CLIENT_LINK && stop - at === 8 && u16(bytes, at) === 1) {
          seen.clientLinkMac = u48(bytes, at + 2);
        }
        if (code === OPTION_RELAY_MESSAGE && inner < 0) {
          inner = at;
          innerEnd = stop;
        }
      });
      if (inner < 0 || innerEnd - inner < 4) {
        sink.issue(ISSUE['message/dhcpv6-malformed'], from - start, RELAY_HEADER_BYTES, to - from);
        return 'done';
      }
      from = inner;
      to = innerEnd;
    }
    seen.messageType = bytes[from]!;
    seen.transactionId = u32(bytes, from) & 0xff_ffff;
    eachOption(bytes, start, from + 4, to, sink, (code, at, stop) => {
      seen.optionOrder.push(code);
      readOption(bytes, code, at, stop, seen);
    });
    sink.observe(seen);
    return 'done';
  },
};

function emptyObservation(): Seen {
  return {
    kind: 'dhcpv6',
    messageType: 0,
    transactionId: 0,
    relays: 0,
    optionOrder: [],
    optionRequest: [],
    clientDuid: '',
    duidType: 0,
    duidMac: NO_MAC,
    duidEnterprise: 0,
    serverDuid: '',
    clientFqdn: '',
    userClass: '',
    vendorClass: [],
    vendorOptions: [],
    addresses: [],
    prefixes: [],
    dnsServers: [],
    searchDomains: [],
    clientArchitecture: -1,
    clientLinkMac: NO_MAC,
  };
}

/** Calls `take` with the data range of each option in `[at, end)`; ends at one that is longer than the rest. */
function eachOption(
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
  sink: MessageSink,
  take: (code: number, at: number, stop: number) => void,
): void {
  for (let count = 0; at < end; count++) {
    if (count >= MAX_DHCPV6_OPTIONS) {
      sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
      return;
    }
    const length = end - at >= 4 ? 4 + u16(bytes, at + 2) : 4;
    if (length > end - at) {
      sink.issue(ISSUE['message/dhcpv6-malformed'], at - start, length, end - at);
      return;
    }
    take(u16(bytes, at), at + 4, at + length);
    at += length;
  }
}

function readOption(bytes: Uint8Array, code: number, at: number, end: number, seen: Seen): void {
  switch (code) {
    case 1:
      seen.clientDuid = formatHex(bytes, at, end);
      readDuid(bytes, at, end, seen);
      break;
    case 2:
      seen.serverDuid = formatHex(bytes, at, end);
      break;
    case 3: // IA_NA: identifier and two timers before its options
      readInner(bytes, at + 12, end, seen);
      break;
    case 4: // IA_TA: identifier only
      readInner(bytes, at + 4, end, seen);
      break;
    case 25: // IA_PD
      readInner(bytes, at + 12, end, seen);
      break;
    case 6:
      for (; end - at >= 2 && seen.optionRequest.length < MAX_DHCPV6_OPTIONS; at += 2) {
        seen.optionRequest.push(u16(bytes, at));
      }
      break;
    case 15:
      seen.userClass = counted16(bytes, at, end).join(', ');
      break;
    case 16:
      if (end - at >= 4 && seen.vendorClass.length < MAX_LIST) {
        const data = counted16(bytes, at + 4, end).join(', ');
        seen.vendorClass.push({ enterprise: u32(bytes, at), data });
      }
      break;
    case 17:
      readVendorOptions(bytes, at, end, seen);
      break;
    case 23:
      for (; end - at >= 16 && seen.dnsServers.length < MAX_LIST; at += 16) {
        seen.dnsServers.push(address(bytes, at));
      }
      break;
    case 24:
      seen.searchDomains.push(...names(bytes, at, end));
      break;
    case 39:
      seen.clientFqdn = names(bytes, at + 1, end)[0] ?? '';
      break;
    case 61:
      if (end - at >= 2) seen.clientArchitecture = u16(bytes, at);
      break;
    default:
      break;
  }
}

/** DUIDs of RFC 8415, section 11. */
function readDuid(bytes: Uint8Array, at: number, end: number, seen: Seen): void {
  if (end - at < 2) return;
  seen.duidType = u16(bytes, at);
  const isEthernet = end - at >= 4 && u16(bytes, at + 2) === 1;
  if (seen.duidType === 1 && isEthernet && end - at === 14) seen.duidMac = u48(bytes, at + 8);
  if (seen.duidType === 3 && isEthernet && end - at === 10) seen.duidMac = u48(bytes, at + 4);
  if (seen.duidType === 2 && end - at >= 6) seen.duidEnterprise = u32(bytes, at + 2);
}

/** Addresses (option 5) and prefixes (option 26) within an identity association. */
function readInner(bytes: Uint8Array, at: number, end: number, seen: Seen): void {
  for (let count = 0; end - at >= 4 && count < MAX_LIST; count++) {
    const stop = at + 4 + u16(bytes, at + 2);
    if (stop > end) return;
    const code = u16(bytes, at);
    if (code === 5 && stop - at >= 20 && seen.addresses.length < MAX_LIST) {
      seen.addresses.push(address(bytes, at + 4));
    }
    if (code === 26 && stop - at >= 29 && seen.prefixes.length < MAX_LIST) {
      seen.prefixes.push(`${address(bytes, at + 13)}/${bytes[at + 12]!}`);
    }
    at = stop;
  }
}

function readVendorOptions(bytes: Uint8Array, at: number, end: number, seen: Seen): void {
  if (end - at < 4) return;
  const enterprise = u32(bytes, at);
  for (at += 4; end - at >= 4 && seen.vendorOptions.length < MAX_LIST;) {
    const stop = Math.min(at + 4 + u16(bytes, at + 2), end);
    seen.vendorOptions.push({ enterprise, code: u16(bytes, at), data: readText(bytes, at + 4, stop) });
    at = stop;
  }
}

/** Texts with a 16-bit length before each. */
function counted16(bytes: Uint8Array, at: number, end: number): string[] {
  const list: string[] = [];
  while (end - at >= 2 && list.length < 8) {
    const stop = Math.min(at + 2 + u16(bytes, at), end);
    list.push(readText(bytes, at + 2, stop));
    at = stop;
  }
  return list;
}

const name: NameResult = { name: '', next: -1 };

function names(bytes: Uint8Array, at: number, end: number): string[] {
  const list: string[] = [];
  while (at < end && list.length < MAX_LIST) {
    readName(bytes, at, at, end, name);
    // A partial name (RFC 4704, 4.2) has no final zero.
    if (name.name !== '') list.push(name.name);
    if (name.next < 0) break;
    at = name.next;
  }
  return list;
}

function address(bytes: Uint8Array, at: number): string {
  return formatIp(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12));
}
