/** Exchanges of a device against the rules of its profile. The first rule that fits decides; what none fits is outside. */
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { Exchange } from './exchange.ts';
import { isPrivate, isUpkeep, type Surroundings } from './learn.ts';
import { CLASS, type Direction, networkHolds, type PortRange, type Remote, type Rule } from './rule.ts';

/** Addresses that stand for classes which only the operator can resolve: URI → addresses. */
export type Controllers = ReadonlyMap<string, ReadonlySet<string>>;

export interface Outside {
  readonly exchange: Exchange;
  /** The way in which it is not allowed. */
  readonly direction: Direction;
}

export interface Verdict {
  readonly outside: Outside[];
  /** Flows that were compared, and those inside. */
  readonly flows: number;
  readonly flowsInside: number;
}

export function checkExchanges(
  exchanges: readonly Exchange[],
  rules: readonly Rule[],
  surroundings: Surroundings,
  controllers: Controllers = new Map(),
): Verdict {
  const outside: Outside[] = [];
  let flows = 0;
  let flowsInside = 0;
  for (const exchange of exchanges) {
    if (isUpkeep(exchange)) continue;
    flows += exchange.flows;
    const direction = violation(exchange, rules, surroundings, controllers);
    if (direction === null) flowsInside += exchange.flows;
    else outside.push({ exchange, direction });
  }
  return { outside, flows, flowsInside };
}

/** The first direction that is not allowed, as its packets came: who opened first. */
function violation(
  exchange: Exchange,
  rules: readonly Rule[],
  surroundings: Surroundings,
  controllers: Controllers,
): Direction | null {
  const { fromDevice, bytesIn, bytesOut } = exchange;
  const ways: Direction[] = fromDevice
    ? ['from-device', ...(bytesIn > 0 ? (['to-device'] as const) : [])]
    : ['to-device', ...(bytesOut > 0 ? (['from-device'] as const) : [])];
  for (const direction of ways) {
    const rule = rules.find((candidate) => fits(candidate, direction, exchange, surroundings, controllers));
    if (rule?.accept !== true) return direction;
  }
  return null;
}

function fits(
  rule: Rule,
  direction: Direction,
  exchange: Exchange,
  surroundings: Surroundings,
  controllers: Controllers,
): boolean {
  const { protocol, localPort, remotePort, fromDevice } = exchange;
  if (rule.direction !== direction || rule.ipVersion !== exchange.ipVersion) return false;
  if (rule.protocol >= 0 && rule.protocol !== protocol) return false;
  const isOut = direction === 'from-device';
  if (!holds(rule.sourcePort, isOut ? localPort : remotePort)) return false;
  if (!holds(rule.destinationPort, isOut ? remotePort : localPort)) return false;
  if (rule.icmpType >= 0) {
    const type = isOut === fromDevice ? exchange.icmpType : exchange.icmpAnswer;
    if (type !== rule.icmpType) return false;
  }
  if (rule.initiated !== '' && protocol === IP_PROTOCOL.tcp) {
    if ((rule.initiated === 'from-device') !== fromDevice) return false;
  }
  // Whom a rule means may be open: then what it allows is nothing, and what it forbids is everything else that fits.
  if (rule.remote.kind === 'unresolved' && !controllers.has(rule.remote.what)) return !rule.accept;
  return isRemote(rule.remote, exchange, surroundings, controllers);
}

function holds(range: PortRange | null, port: number): boolean {
  return range === null || (port >= range.low && port <= range.high);
}

function isRemote(
  wanted: Remote,
  { remote, name }: Exchange,
  { localAddresses, isAssigned }: Surroundings,
  controllers: Controllers,
): boolean {
  const isLocal = (): boolean => localAddresses.has(remote) || isPrivate(remote);
  switch (wanted.kind) {
    case 'any':
      return true;
    case 'network':
      return networkHolds(wanted.network, remote);
    case 'name':
      return name === wanted.name.toLowerCase();
    case 'local-networks':
      return isLocal();
    case 'controller': {
      const named = controllers.get(wanted.uri);
      if (named !== undefined) return named.has(remote);
      const isStandard = wanted.uri === CLASS.dns || wanted.uri === CLASS.ntp;
      return isStandard && (isLocal() || isAssigned(remote));
    }
    case 'unresolved':
      return controllers.get(wanted.what)?.has(remote) ?? false;
  }
}
