/**
 * IPv6 neighbour discovery: RFC 4861 (solicitations, advertisements, redirect), with route information (RFC 4191),
 * recursive DNS servers and search list (RFC 8106). The message starts at the ICMPv6 type.
 * Ignored on purpose: checksums, the packet that a redirect quotes, SEND options, reachable and retransmission timers.
 */
import { formatIp, type Mac, NO_MAC } from '../bytes/address.ts';
import { u16, u32, u48 } from '../bytes/endian.ts';
import { ISSUE } from '../packet/issue.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { MessageDecoder, MessageSink } from './decoder.ts';
import { type NameResult, readName } from './dns-name.ts';

/** Neighbour solicitation (135) and advertisement (136), router solicitation (133), redirect (137). */
export interface NeighborObservation {
  readonly kind: 'neighbor';
  readonly icmpType: number;
  /** Target address text; '' for a router solicitation. For a redirect the better first hop. */
  readonly target: string;
  /** Destination of a redirect; '' otherwise. */
  readonly destination: string;
  /** Source or target link-layer address option; -1 when absent. */
  readonly linkMac: Mac;
  readonly isRouter: boolean;
  readonly isSolicited: boolean;
  readonly isOverride: boolean;
}

/** Router advertisement (134). */
export interface RouterAdvertisementObservation {
  readonly kind: 'router-advertisement';
  readonly hopLimit: number;
  /** M 0x80, O 0x40, H 0x20, preference 0x18. */
  readonly flags: number;
  readonly lifetimeSeconds: number;
  readonly linkMac: Mac;
  /** 0 when not told. */
  readonly mtu: number;
  readonly prefixes: readonly {
    readonly prefix: string;
    readonly length: number;
    readonly onLink: boolean;
    readonly autonomous: boolean;
  }[];
  /** Route information options, as `prefix/length`. */
  readonly routes: readonly string[];
  readonly dnsServers: readonly string[];
  readonly searchDomains: readonly string[];
}

const TYPE = { rs: 133, ra: 134, ns: 135, na: 136, redirect: 137 } as const;
const OPTION = { sourceLink: 1, targetLink: 2, prefix: 3, mtu: 5, route: 24, rdnss: 25, dnssl: 31 } as const;
/** Options read of one message; prefixes, routes, servers and domains kept. */
export const MAX_ND_OPTIONS = 64;
const MAX_ND_LIST = 32;

interface Options {
  linkMac: Mac;
  mtu: number;
  readonly prefixes: { prefix: string; length: number; onLink: boolean; autonomous: boolean }[];
  readonly routes: string[];
  readonly dnsServers: string[];
  readonly searchDomains: string[];
}

export const neighborDiscoveryDecoder: MessageDecoder = {
  name: 'nd',
  triggers: [{ kind: 'ip', protocols: [IP_PROTOCOL.icmpv6] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    const type = bytes[start]!;
    if (end - start < 8 || type < TYPE.rs || type > TYPE.redirect) return 'foreign';
    const fixed = type === TYPE.rs ? 8 : type === TYPE.ra ? 16 : type === TYPE.redirect ? 40 : 24;
    if (end - start < fixed) {
      sink.issue(ISSUE['message/nd-malformed'], 0, fixed, end - start);
      return 'done';
    }
    const options = readOptions(bytes, start, start + fixed, end, sink);
    if (type === TYPE.ra) {
      sink.observe({
        kind: 'router-advertisement',
        hopLimit: bytes[start + 4]!,
        flags: bytes[start + 5]!,
        lifetimeSeconds: u16(bytes, start + 6),
        ...options,
      });
      return 'done';
    }
    const flags = type === TYPE.na ? bytes[start + 4]! : 0;
    sink.observe({
      kind: 'neighbor',
      icmpType: type,
      target: type === TYPE.rs ? '' : address(bytes, start + 8),
      destination: type === TYPE.redirect ? address(bytes, start + 24) : '',
      linkMac: options.linkMac,
      isRouter: (flags & 0x80) !== 0,
      isSolicited: (flags & 0x40) !== 0,
      isOverride: (flags & 0x20) !== 0,
    });
    return 'done';
  },
};

function address(bytes: Uint8Array, at: number): string {
  return formatIp(u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8), u32(bytes, at + 12));
}

/** An option that is empty or longer than the rest ends the reading; those before it stand. */
function readOptions(bytes: Uint8Array, start: number, at: number, end: number, sink: MessageSink): Options {
  const options: Options = {
    linkMac: NO_MAC,
    mtu: 0,
    prefixes: [],
    routes: [],
    dnsServers: [],
    searchDomains: [],
  };
  for (let count = 0; at < end; count++) {
    if (count >= MAX_ND_OPTIONS) {
      sink.issue(ISSUE['message/message-limit'], at - start, 0, end - at);
      break;
    }
    const length = end - at >= 2 ? bytes[at + 1]! * 8 : 0;
    if (length === 0 || length > end - at) {
      sink.issue(ISSUE['message/nd-malformed'], at - start, Math.max(length, 8), end - at);
      break;
    }
    readOption(bytes, at, at + length, options);
    at += length;
  }
  return options;
}

/** The option in `[at, end)`, whose length is a multiple of 8 and at least 8. */
function readOption(bytes: Uint8Array, at: number, end: number, options: Options): void {
  const length = end - at;
  switch (bytes[at]) {
    case OPTION.sourceLink:
    case OPTION.targetLink:
      if (length === 8 && options.linkMac === NO_MAC) options.linkMac = u48(bytes, at + 2);
      break;
    case OPTION.mtu:
      options.mtu = u32(bytes, at + 4);
      break;
    case OPTION.prefix:
      if (length === 32 && options.prefixes.length < MAX_ND_LIST) {
        options.prefixes.push({
          prefix: address(bytes, at + 16),
          length: bytes[at + 2]!,
          onLink: (bytes[at + 3]! & 0x80) !== 0,
          autonomous: (bytes[at + 3]! & 0x40) !== 0,
        });
      }
      break;
    case OPTION.route:
      if (length <= 24 && options.routes.length < MAX_ND_LIST) {
        options.routes.push(`${prefixOf(bytes, at + 8, end)}/${bytes[at + 2]!}`);
      }
      break;
    case OPTION.rdnss:
      for (let a = at + 8; a + 16 <= end && options.dnsServers.length < MAX_ND_LIST; a += 16) {
        options.dnsServers.push(address(bytes, a));
      }
      break;
    case OPTION.dnssl:
      readDomains(bytes, at + 8, end, options.searchDomains);
      break;
    default:
      break;
  }
}

/** A prefix of which 0, 8 or 16 bytes are sent. */
function prefixOf(bytes: Uint8Array, at: number, end: number): string {
  const word = (offset: number): number => (at + offset + 4 <= end ? u32(bytes, at + offset) : 0);
  return formatIp(word(0), word(4), word(8), word(12));
}

const name: NameResult = { name: '', next: -1 };

/** Names without compression, padded by zeros. */
function readDomains(bytes: Uint8Array, at: number, end: number, domains: string[]): void {
  while (at < end && bytes[at] !== 0 && domains.length < MAX_ND_LIST) {
    readName(bytes, at, at, end, name);
    if (name.next < 0) return;
    domains.push(name.name);
    at = name.next;
  }
}
