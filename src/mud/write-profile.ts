/** Rules → a MUD file (RFC 8520, with the access lists of RFC 8519 and the names of ietf-acldns). */
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { Direction, PortRange, Rule } from './rule.ts';

export interface ProfileHead {
  /** Where the manufacturer would serve the file. */
  readonly url: string;
  /** RFC 3339. */
  readonly lastUpdate: string;
  readonly systemInfo: string;
  readonly manufacturer: string;
  readonly model: string;
}

/** RFC 8520: systeminfo holds at most 60 characters. */
const MAX_SYSTEM_INFO = 60;

const LISTS: readonly {
  readonly direction: Direction;
  readonly ipVersion: 4 | 6;
  readonly suffix: string;
}[] = [
  { direction: 'from-device', ipVersion: 4, suffix: 'v4fr' },
  { direction: 'from-device', ipVersion: 6, suffix: 'v6fr' },
  { direction: 'to-device', ipVersion: 4, suffix: 'v4to' },
  { direction: 'to-device', ipVersion: 6, suffix: 'v6to' },
];

/** The file as a JSON value. Lists that would be empty are left out. */
export function writeProfile(head: ProfileHead, rules: readonly Rule[]): Record<string, unknown> {
  const lists = LISTS.map(({ direction, ipVersion, suffix }) => ({
    direction,
    ipVersion,
    name: `mud-${suffix}`,
    rules: rules.filter((rule) => rule.direction === direction && rule.ipVersion === ipVersion),
  })).filter((list) => list.rules.length > 0);
  const policy = (direction: Direction) => ({
    'access-lists': {
      'access-list': lists.filter((list) => list.direction === direction).map(({ name }) => ({ name })),
    },
  });
  return {
    'ietf-mud:mud': {
      'mud-version': 1,
      'mud-url': head.url,
      'last-update': head.lastUpdate,
      'cache-validity': 48,
      'is-supported': true,
      systeminfo: [...head.systemInfo].slice(0, MAX_SYSTEM_INFO).join(''),
      ...(head.manufacturer === '' ? {} : { 'mfg-name': head.manufacturer }),
      ...(head.model === '' ? {} : { 'model-name': head.model }),
      'from-device-policy': policy('from-device'),
      'to-device-policy': policy('to-device'),
    },
    'ietf-access-control-list:acls': {
      acl: lists.map(({ name, ipVersion, rules }) => ({
        name,
        type: `ipv${ipVersion}-acl-type`,
        aces: {
          ace: rules.map((rule, i) => ({
            name: `${name}-${i + 1}`,
            matches: writeMatches(rule),
            actions: { forwarding: rule.accept ? 'accept' : 'drop' },
          })),
        },
      })),
    },
  };
}

function writeMatches(rule: Rule): Record<string, unknown> {
  const { remote, protocol, ipVersion, direction } = rule;
  // The other end is the destination of what the device sends, and the source of what it gets.
  const end = direction === 'from-device' ? 'destination' : 'source';
  const ip: Record<string, unknown> = {};
  if (remote.kind === 'name') ip[`ietf-acldns:${end === 'source' ? 'src' : 'dst'}-dnsname`] = remote.name;
  if (remote.kind === 'network') ip[`${end}-ipv${ipVersion}-network`] = remote.network;
  if (protocol >= 0) ip['protocol'] = protocol;
  const mud: Record<string, unknown> = {};
  if (remote.kind === 'controller') mud['controller'] = remote.uri;
  if (remote.kind === 'local-networks') mud['local-networks'] = [null];
  return {
    ...(Object.keys(mud).length === 0 ? {} : { 'ietf-mud:mud': mud }),
    ...(Object.keys(ip).length === 0 ? {} : { [`ipv${ipVersion}`]: ip }),
    ...transportMatches(rule),
  };
}

function transportMatches(rule: Rule): Record<string, unknown> {
  const { protocol, sourcePort, destinationPort, icmpType, initiated } = rule;
  const ports = {
    ...(sourcePort === null ? {} : { 'source-port': writeRange(sourcePort) }),
    ...(destinationPort === null ? {} : { 'destination-port': writeRange(destinationPort) }),
  };
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return {
        tcp: { ...(initiated === '' ? {} : { 'ietf-mud:direction-initiated': initiated }), ...ports },
      };
    case IP_PROTOCOL.udp:
      return Object.keys(ports).length === 0 ? {} : { udp: ports };
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return icmpType < 0 ? {} : { icmp: { type: icmpType } };
    default:
      return {};
  }
}

function writeRange({ low, high }: PortRange): Record<string, unknown> {
  return low === high ? { operator: 'eq', port: low } : { 'lower-port': low, 'upper-port': high };
}
