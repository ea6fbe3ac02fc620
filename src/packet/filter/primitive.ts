/** Primitives: qualifiers and an id (`tcp dst port 80`), and those that stand alone (`arp`, `vlan 7`, `less 100`). */
import { NO_MAC, parseMac } from '../../bytes/address.ts';
import type { LanscopeError } from '../../bytes/error.ts';
import { parseIp, parseIpv4 } from '../../bytes/parse-ip.ts';
import { NO_VLAN } from '../batch.ts';
import { LAYER } from '../layer.ts';
import { ETHER_PROTOCOLS, IP_PROTOCOLS, PORTS, UNSUPPORTED } from './names.ts';
import { numberOf } from './number.ts';
import {
  type Direction,
  hasEtherType,
  hasIpProtocol,
  hasIpv4,
  hasIpv6,
  hasLayer,
  hasMac,
  hasPort,
  hasVlan,
  isIpv4Multicast,
  isIpv6Multicast,
  isLinkBroadcast,
  isLinkMulticast,
  type PacketPredicate,
  prefixMask,
} from './predicate.ts';
import type { Token } from './token.ts';

/** Empty strings where the expression says nothing. */
export interface Qualifiers {
  readonly protocol: string;
  readonly direction: Direction;
  readonly type: string;
}

/** What a primitive needs of the parser. */
export interface TokenReader {
  next(): Token;
  peek(): Token;
  take(text: string): boolean;
  fail(at: Token, what: string): LanscopeError;
}

const ARP = 0x0806;
const RARP = 0x8035;
const KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'src',
  'dst',
  'host',
  'net',
  'port',
  'portrange',
  'proto',
  'less',
  'greater',
  'broadcast',
  'multicast',
  'vlan',
  'len',
  'mask',
  'ether',
]);

/** Whether a token can be an id: an address, a number, a name that is no keyword. */
export function startsId(token: Token): boolean {
  if (token.kind !== 'word') return false;
  return (
    token.escaped ||
    !(KEYWORDS.has(token.text) || IP_PROTOCOLS.has(token.text) || ETHER_PROTOCOLS.has(token.text))
  );
}

/** A primitive without an id: `token` is the keyword, `protocol` the qualifier that was read, if any. Null when it is none. */
export function parseBare(protocol: string, token: Token, reader: TokenReader): PacketPredicate | null {
  if (protocol !== '') {
    const link = protocol === 'ether';
    if (reader.take('broadcast')) {
      if (link) return isLinkBroadcast;
      throw reader.fail(token, 'only ether broadcast is known: the network mask is not');
    }
    if (reader.take('multicast')) {
      if (link) return isLinkMulticast;
      if (protocol === 'ip') return isIpv4Multicast;
      if (protocol === 'ip6') return isIpv6Multicast;
      throw reader.fail(token, 'multicast goes with ether, ip or ip6');
    }
    return protocolTest(protocol);
  }
  if (UNSUPPORTED.has(token.text)) throw reader.fail(token, `${token.text} is not supported`);
  const test = protocolTest(token.text);
  if (test !== null) {
    reader.next();
    return test;
  }
  switch (token.text) {
    case 'broadcast':
      reader.next();
      return isLinkBroadcast;
    case 'multicast':
      reader.next();
      return isLinkMulticast;
    case 'vlan': {
      reader.next();
      if (reader.peek().kind !== 'word' || numberOf(reader.peek().text) < 0) return hasVlan(NO_VLAN);
      return hasVlan(readNumber(reader, 4095, 'a VLAN id'));
    }
    case 'less': {
      reader.next();
      const bound = readNumber(reader, 0xffff_ffff, 'a length');
      return (batch, i) => batch.wireLen[i]! <= bound;
    }
    case 'greater': {
      reader.next();
      const bound = readNumber(reader, 0xffff_ffff, 'a length');
      return (batch, i) => batch.wireLen[i]! >= bound;
    }
    default:
      return null;
  }
}

/** The protocol itself: `tcp`, `arp`, `ip6`. */
function protocolTest(name: string): PacketPredicate | null {
  switch (name) {
    case 'ip':
      return hasLayer(LAYER.ipv4);
    case 'ip6':
      return hasLayer(LAYER.ipv6);
    case 'icmp':
    case 'igmp':
      return hasIpProtocol(IP_PROTOCOLS.get(name)!, 4);
    case 'icmp6':
    case 'icmpv6':
      return hasIpProtocol(58, 6);
    default: {
      const protocol = IP_PROTOCOLS.get(name);
      if (protocol !== undefined) return hasIpProtocol(protocol, 0);
      const type = ETHER_PROTOCOLS.get(name);
      return type === undefined ? null : hasEtherType(type);
    }
  }
}

/** The id that the qualifiers are about. */
export function parseId(qualifiers: Qualifiers, reader: TokenReader): PacketPredicate {
  const token = reader.peek();
  if (token.kind !== 'word' || (!startsId(token) && qualifiers.type !== 'proto')) {
    throw reader.fail(token, 'an address, number or name is missing');
  }
  switch (qualifiers.type) {
    case 'port':
      return parsePort(qualifiers, reader);
    case 'portrange':
      return parsePortRange(qualifiers, reader);
    case 'proto':
      return parseProtocol(qualifiers, reader);
    case 'net':
      return parseNet(qualifiers, reader);
    default:
      return parseHost(qualifiers, reader);
  }
}

function parseHost(qualifiers: Qualifiers, reader: TokenReader): PacketPredicate {
  const token = reader.next();
  const { protocol, direction } = qualifiers;
  if (protocol === 'ether') {
    const mac = parseMac(token.text);
    if (mac === NO_MAC) throw reader.fail(token, `${JSON.stringify(token.text)} is not a MAC address`);
    return hasMac(mac, direction);
  }
  const words = new Uint32Array(4);
  if (parseIp(token.text, words)) {
    if (!token.text.includes(':')) return ipv4Test(qualifiers, words[3]!, 0xffff_ffff, token, reader);
    return ipv6Test(qualifiers, words, 128, token, reader);
  }
  if (parseMac(token.text) !== NO_MAC)
    throw reader.fail(token, 'a MAC address goes with ether, as in "ether host"');
  if (numberOf(token.text) >= 0) throw reader.fail(token, 'say what the number is: port, host, net or proto');
  throw reader.fail(token, `${JSON.stringify(token.text)} is not an address (names are not looked up)`);
}

function parseNet(qualifiers: Qualifiers, reader: TokenReader): PacketPredicate {
  const token = reader.next();
  if (token.text.includes(':')) {
    const words = new Uint32Array(4);
    if (!parseIp(token.text, words))
      throw reader.fail(token, `${JSON.stringify(token.text)} is not an IPv6 network`);
    const length = reader.take('/') ? readNumber(reader, 128, 'a prefix length') : 128;
    for (let word = 0; word < 4; word++) {
      if (words[word]! & ~prefixMask(length - word * 32))
        throw reader.fail(token, 'bits are set outside of the prefix');
    }
    return ipv6Test(qualifiers, words, length, token, reader);
  }
  // 10, 172.16 and 192.168.1 are short for networks of 8, 16 and 24 bits.
  const parts = token.text.split('.');
  const network = parseIpv4([...parts, '0', '0', '0'].slice(0, 4).join('.'));
  if (network < 0 || parts.length > 4)
    throw reader.fail(token, `${JSON.stringify(token.text)} is not an IPv4 network`);
  let mask = prefixMask(parts.length * 8);
  if (reader.take('/')) {
    mask = prefixMask(readNumber(reader, 32, 'a prefix length'));
  } else if (reader.take('mask')) {
    const maskToken = reader.next();
    mask = parseIpv4(maskToken.text);
    if (mask < 0) throw reader.fail(maskToken, 'a mask such as 255.255.255.0 is missing');
  }
  if (network & ~mask) throw reader.fail(token, 'bits are set outside of the mask');
  return ipv4Test(qualifiers, network, mask, token, reader);
}

function ipv4Test(
  { protocol, direction }: Qualifiers,
  word: number,
  mask: number,
  token: Token,
  reader: TokenReader,
): PacketPredicate {
  switch (protocol) {
    case '':
      return hasIpv4(word, mask, direction, true, [ARP, RARP]);
    case 'ip':
      return hasIpv4(word, mask, direction, true, []);
    case 'arp':
      return hasIpv4(word, mask, direction, false, [ARP]);
    case 'rarp':
      return hasIpv4(word, mask, direction, false, [RARP]);
    default:
      throw reader.fail(token, `an IPv4 address does not go with ${protocol}`);
  }
}

function ipv6Test(
  { protocol, direction }: Qualifiers,
  words: Uint32Array,
  length: number,
  token: Token,
  reader: TokenReader,
): PacketPredicate {
  if (protocol !== '' && protocol !== 'ip6')
    throw reader.fail(token, `an IPv6 address does not go with ${protocol}`);
  return hasIpv6(words, length, direction);
}

function parsePort(qualifiers: Qualifiers, reader: TokenReader): PacketPredicate {
  const layers = portLayers(qualifiers, reader);
  const token = reader.next();
  const port = portOf(token.text);
  if (port < 0) throw reader.fail(token, `${JSON.stringify(token.text)} is not a port`);
  return hasPort(port, port, qualifiers.direction, layers);
}

function parsePortRange(qualifiers: Qualifiers, reader: TokenReader): PacketPredicate {
  const layers = portLayers(qualifiers, reader);
  const token = reader.next();
  const bounds = /^(\d+)-(\d+)$/.exec(token.text);
  const low = portOf(bounds ? bounds[1]! : token.text);
  const high = bounds ? portOf(bounds[2]!) : low;
  if (low < 0 || high < 0) throw reader.fail(token, 'a range such as 6000-6008 is missing');
  return hasPort(Math.min(low, high), Math.max(low, high), qualifiers.direction, layers);
}

function portLayers({ protocol }: Qualifiers, reader: TokenReader): number {
  switch (protocol) {
    case '':
      return LAYER.tcp | LAYER.udp | LAYER.sctp;
    case 'tcp':
    case 'udp':
    case 'sctp':
      return LAYER[protocol];
    default:
      throw reader.fail(reader.peek(), `a port does not go with ${protocol}`);
  }
}

function portOf(text: string): number {
  const port = PORTS.get(text) ?? numberOf(text);
  return port <= 0xffff ? port : -1;
}

function parseProtocol({ protocol, direction }: Qualifiers, reader: TokenReader): PacketPredicate {
  const token = reader.next();
  if (direction !== 'either') throw reader.fail(token, 'a protocol has no direction');
  if (protocol === 'ether') {
    const type = ETHER_PROTOCOLS.get(token.text) ?? numberOf(token.text);
    if (type < 0 || type > 0xffff)
      throw reader.fail(token, `${JSON.stringify(token.text)} is not an EtherType`);
    return hasEtherType(type);
  }
  const number = IP_PROTOCOLS.get(token.text) ?? numberOf(token.text);
  if (number < 0 || number > 255)
    throw reader.fail(token, `${JSON.stringify(token.text)} is not an IP protocol`);
  if (protocol === 'ip') return hasIpProtocol(number, 4);
  if (protocol === 'ip6') return hasIpProtocol(number, 6);
  if (protocol === '') return hasIpProtocol(number, 0);
  throw reader.fail(token, `proto does not go with ${protocol}`);
}

function readNumber(reader: TokenReader, max: number, what: string): number {
  const token = reader.next();
  const value = token.kind === 'word' ? numberOf(token.text) : -1;
  if (value < 0 || value > max) throw reader.fail(token, `${what} from 0 to ${max} is missing`);
  return value;
}
