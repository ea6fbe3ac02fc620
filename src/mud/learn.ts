/** Exchanges of one device → the rules that allow them, and no more. */
import { isGroupIp, isPrivateIp } from '../bytes/address.ts';
import { compareText } from '../bytes/order.ts';
import { parseIp } from '../bytes/parse-ip.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { Exchange } from './exchange.ts';
import { CLASS, type Direction, type PortRange, type Remote, type Rule, ruleKey } from './rule.ts';

/** What is known of the network besides the exchanges. */
export interface Surroundings {
  /** Addresses of the devices of the network. */
  readonly localAddresses: ReadonlySet<string>;
  /** DHCP named it as a server of names or of time. */
  readonly isAssigned: (server: string) => boolean;
}

/**
 * The rules, sorted, each once. A connection that others opened and the device did not answer is not allowed by them:
 * a scan must not widen a profile.
 */
export function learnRules(exchanges: readonly Exchange[], surroundings: Surroundings): Rule[] {
  const rules = new Map<string, Rule>();
  for (const exchange of exchanges) {
    if (isUpkeep(exchange) || (!exchange.fromDevice && exchange.answered === 0)) continue;
    for (const rule of rulesOf(exchange, surroundings)) rules.set(ruleKey(rule), rule);
  }
  return [...rules.entries()].sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule);
}

/**
 * What every host does to be on a link at all: IGMP, neighbour and listener discovery, leases, ICMP errors about its
 * packets. No part of a profile, so neither learned nor checked.
 */
export function isUpkeep({ protocol, icmpType, fromDevice, remotePort }: Exchange): boolean {
  if (protocol === IP_PROTOCOL.igmp) return true;
  if (protocol === IP_PROTOCOL.icmp) return [3, 4, 5, 11, 12].includes(icmpType);
  if (protocol === IP_PROTOCOL.icmpv6) {
    return icmpType <= 4 || (icmpType >= 130 && icmpType <= 137) || icmpType === 143;
  }
  return protocol === IP_PROTOCOL.udp && fromDevice && (remotePort === 67 || remotePort === 547);
}

function rulesOf(exchange: Exchange, surroundings: Surroundings): Rule[] {
  const { fromDevice, protocol, ipVersion, remotePort, localPort, icmpType, icmpAnswer } = exchange;
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp;
  const remote = remoteOf(exchange, surroundings);
  const service = hasPorts ? exactly(fromDevice ? remotePort : localPort) : null;
  const opener: Direction = fromDevice ? 'from-device' : 'to-device';
  const base = {
    accept: true,
    ipVersion,
    protocol,
    initiated: protocol === IP_PROTOCOL.tcp ? opener : ('' as const),
  };
  const request: Rule = {
    ...base,
    direction: opener,
    remote,
    sourcePort: null,
    destinationPort: service,
    icmpType,
  };
  const answer: Rule = {
    ...base,
    direction: fromDevice ? 'to-device' : 'from-device',
    // What was sent to a group is answered by its members.
    remote: isGroup(exchange.remote) ? { kind: 'local-networks' } : remote,
    sourcePort: service,
    destinationPort: null,
    icmpType: icmpType < 0 ? -1 : icmpAnswer,
  };
  const isAnswered = exchange.answered > 0 || protocol === IP_PROTOCOL.tcp;
  return isAnswered || (hasPorts && isGroup(exchange.remote)) ? [request, answer] : [request];
}

function remoteOf(exchange: Exchange, { localAddresses, isAssigned }: Surroundings): Remote {
  const { remote, name, fromDevice, remotePort } = exchange;
  if (isGroup(remote)) return { kind: 'network', network: `${remote}/${remote.includes(':') ? 128 : 32}` };
  const isLocal = localAddresses.has(remote) || isPrivate(remote);
  const uri = fromDevice ? { 53: CLASS.dns, 123: CLASS.ntp }[remotePort] : undefined;
  if (uri !== undefined && (isLocal || isAssigned(remote))) return { kind: 'controller', uri };
  if (isLocal) return { kind: 'local-networks' };
  if (name !== '') return { kind: 'name', name };
  return { kind: 'network', network: `${remote}/${remote.includes(':') ? 128 : 32}` };
}

function exactly(port: number): PortRange {
  return { low: port, high: port };
}

const WORDS = new Uint32Array(4);

export function isGroup(address: string): boolean {
  return parseIp(address, WORDS) && isGroupIp(WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!);
}

export function isPrivate(address: string): boolean {
  return parseIp(address, WORDS) && isPrivateIp(WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!);
}
