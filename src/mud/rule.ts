/** One access-control entry of a profile, as far as it can be compared with traffic. */
import { parseIp } from '../bytes/parse-ip.ts';

/** Who is at the other end. */
export type Remote =
  | { readonly kind: 'any' }
  /** Address or prefix, `224.0.0.251/32`. */
  | { readonly kind: 'network'; readonly network: string }
  /** RFC 8520 section 8: a name that the device looked up. */
  | { readonly kind: 'name'; readonly name: string }
  /** A class of servers by its URI: `urn:ietf:params:mud:dns`. */
  | { readonly kind: 'controller'; readonly uri: string }
  | { readonly kind: 'local-networks' }
  /** Something that only the network's operator can resolve (`my-controller`, `same-manufacturer` …). */
  | { readonly kind: 'unresolved'; readonly what: string };

export interface PortRange {
  readonly low: number;
  readonly high: number;
}

export type Direction = 'from-device' | 'to-device';

export interface Rule {
  readonly direction: Direction;
  readonly accept: boolean;
  readonly ipVersion: 4 | 6;
  readonly remote: Remote;
  /** IP protocol number; -1 for any. */
  readonly protocol: number;
  readonly sourcePort: PortRange | null;
  readonly destinationPort: PortRange | null;
  /** -1 for any. */
  readonly icmpType: number;
  /** Who may open the TCP connection; '' for both. */
  readonly initiated: Direction | '';
}

export const CLASS = { dns: 'urn:ietf:params:mud:dns', ntp: 'urn:ietf:params:mud:ntp' } as const;

/** The same for rules that say the same. */
export function ruleKey(rule: Rule): string {
  const { direction, accept, ipVersion, remote, protocol, sourcePort, destinationPort, icmpType } = rule;
  return [
    direction,
    accept ? 'accept' : 'drop',
    `ipv${ipVersion}`,
    remoteText(remote),
    protocol,
    rangeText(sourcePort),
    rangeText(destinationPort),
    icmpType,
    rule.initiated,
  ].join(' ');
}

export function remoteText(remote: Remote): string {
  switch (remote.kind) {
    case 'any':
      return 'anyone';
    case 'network':
      return remote.network;
    case 'name':
      return remote.name;
    case 'controller':
      return remote.uri;
    case 'local-networks':
      return 'local networks';
    case 'unresolved':
      return remote.what;
  }
}

function rangeText(range: PortRange | null): string {
  if (range === null) return '*';
  return range.low === range.high ? String(range.low) : `${range.low}-${range.high}`;
}

/** One line for people. */
export function describeRule(rule: Rule): string {
  const { direction, remote, protocol, sourcePort, destinationPort, icmpType, initiated } = rule;
  const name = protocolName(protocol);
  const ports = [
    ...(destinationPort === null ? [] : [`port ${rangeText(destinationPort)}`]),
    ...(sourcePort === null ? [] : [`source port ${rangeText(sourcePort)}`]),
    ...(icmpType < 0 ? [] : [`type ${icmpType}`]),
    ...(initiated === ''
      ? []
      : [`opened ${initiated === 'from-device' ? 'by the device' : 'to the device'}`]),
  ];
  const way = direction === 'from-device' ? 'to' : 'from';
  return `${rule.accept ? '' : 'not '}${way} ${remoteText(remote)}, IPv${rule.ipVersion}: ${[name, ...ports].join(', ')}`;
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

export function protocolName(protocol: number): string {
  return protocol < 0 ? 'any protocol' : (PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`);
}

const ADDRESS = new Uint32Array(4);
const PREFIX = new Uint32Array(4);

/** Whether `network` (`address` or `address/length`) holds `address`; false for text that is no network. */
export function networkHolds(network: string, address: string): boolean {
  const [, prefix = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  if (!parseIp(address, ADDRESS) || !parseIp(prefix, PREFIX)) return false;
  if (address.includes(':') !== prefix.includes(':')) return false;
  const whole = prefix.includes(':') ? 128 : 32;
  const length = bits === undefined ? whole : Number(bits);
  if (length > whole) return false;
  const common = 128 - whole + length;
  for (let word = 0; word < 4; word++) {
    const rest = common - word * 32;
    if (rest <= 0) return true;
    const differ = (ADDRESS[word]! ^ PREFIX[word]!) >>> 0;
    if (rest >= 32 ? differ !== 0 : differ >>> (32 - rest) !== 0) return false;
  }
  return true;
}
