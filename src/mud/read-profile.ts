/**
 * MUD file (RFC 8520) → rules. Files come from manufacturers and from attackers: sizes are bounded. What is not
 * understood leaves open whom a rule means, with a note: such a rule can only forbid.
 */
import { readFile, stat } from 'node:fs/promises';
import { LanscopeError } from '../bytes/error.ts';
import { escapeForTerminal } from '../bytes/text.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import { type Direction, networkHolds, type PortRange, type Remote, type Rule } from './rule.ts';

export const LIMIT = {
  /** Bytes of a file. */
  bytes: 4_000_000,
  rules: 10_000,
  notes: 20,
} as const;

export interface Profile {
  /** `mud-url`. */
  readonly url: string;
  readonly systemInfo: string;
  readonly rules: readonly Rule[];
  /** What was not understood, one sentence each. */
  readonly notes: readonly string[];
}

/** INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_TOO_LARGE, PROFILE_INVALID. */
export async function readProfile(path: string): Promise<Profile> {
  let text: string;
  try {
    if ((await stat(path)).size > LIMIT.bytes) {
      throw new LanscopeError('INPUT_TOO_LARGE', `${path} is larger than a MUD file may be (4 MB)`);
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof LanscopeError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new LanscopeError('INPUT_NOT_FOUND', `${path} does not exist`);
    throw new LanscopeError('INPUT_UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`);
  }
  return parseProfile(text, path);
}

/** PROFILE_INVALID with `name` in the message. */
export function parseProfile(text: string, name: string): Profile {
  const invalid = (reason: string): LanscopeError =>
    new LanscopeError(
      'PROFILE_INVALID',
      `${name} is no MUD file: ${reason}`,
      'RFC 8520 describes the format',
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const mud = member(value, 'mud');
  if (mud === undefined) throw invalid('it has no ietf-mud:mud');
  if (member(mud, 'mud-version') !== 1) throw invalid('its mud-version is not 1');
  const acls = new Map<string, unknown>();
  for (const acl of listOf(member(member(value, 'acls'), 'acl'))) acls.set(textOf(member(acl, 'name')), acl);
  const reading: Reading = { rules: [], notes: [] };
  for (const direction of ['from-device', 'to-device'] as const) {
    const lists = member(member(member(mud, `${direction}-policy`), 'access-lists'), 'access-list');
    // Naming a list again adds nothing.
    for (const listName of new Set(listOf(lists).map((entry) => textOf(member(entry, 'name'))))) {
      const acl = acls.get(listName);
      if (acl === undefined) throw invalid(`its access list '${escapeForTerminal(listName)}' is not in it`);
      readList(acl, direction, reading, () => invalid(`it holds more than ${LIMIT.rules} rules`));
    }
  }
  return {
    url: textOf(member(mud, 'mud-url')),
    systemInfo: textOf(member(mud, 'systeminfo')),
    rules: reading.rules,
    notes: reading.notes,
  };
}

interface Reading {
  readonly rules: Rule[];
  readonly notes: string[];
}

function readList(acl: unknown, direction: Direction, reading: Reading, tooMany: () => LanscopeError): void {
  const ipVersion = textOf(member(acl, 'type')).includes('ipv6') ? 6 : 4;
  for (const ace of listOf(member(member(acl, 'aces'), 'ace'))) {
    if (reading.rules.length >= LIMIT.rules) throw tooMany();
    const problems: string[] = [];
    reading.rules.push(readRule(ace, direction, ipVersion, problems));
    const name = escapeForTerminal(textOf(member(ace, 'name')), 60);
    for (const problem of problems) {
      if (reading.notes.length < LIMIT.notes) reading.notes.push(`rule ${name}: ${problem}`);
    }
  }
}

function readRule(ace: unknown, direction: Direction, ipVersion: 4 | 6, problems: string[]): Rule {
  const matches = member(ace, 'matches');
  let remote = { kind: 'any' } as Remote;
  let protocol = -1;
  let sourcePort: PortRange | null = null;
  let destinationPort: PortRange | null = null;
  let icmpType = -1;
  let initiated: Direction | '' = '';
  let obstacle = '';
  const cannot = (what: string, value: unknown): void => {
    // What is nested is not shown: it may be nested as deep as the file is long.
    const shown = typeof value === 'object' && value !== null ? '' : JSON.stringify(value);
    obstacle = escapeForTerminal(`${what} ${shown}`.trim(), 80);
    problems.push(`${obstacle} is not understood, so the rule allows nothing`);
  };
  const setRemote = (to: Remote, where: string): void => {
    if (remote.kind === 'any') remote = to;
    else cannot(`${where} beside another end`, null);
  };
  for (const [kind, container] of membersOf(matches)) {
    for (const [key, value] of membersOf(container)) {
      const where = `${kind} ${key}`;
      if (kind === 'mud') setRemote(readMudMatch(key, value), where);
      else if (kind === `ipv${ipVersion}` && key === 'protocol' && isWithin(value, 255)) protocol = value;
      else if (kind === `ipv${ipVersion}` && key === endName(direction, 'dnsname')) {
        setRemote({ kind: 'name', name: textOf(value).toLowerCase() }, where);
      } else if (kind === `ipv${ipVersion}` && key === endName(direction, `ipv${ipVersion}-network`)) {
        const network = textOf(value);
        if (networkHolds(network, network.split('/')[0]!)) setRemote({ kind: 'network', network }, where);
        else cannot(where, value);
      } else if (
        (kind === 'tcp' || kind === 'udp') &&
        (key === 'source-port' || key === 'destination-port')
      ) {
        const range = readRange(value);
        if (range === null) cannot(where, value);
        else if (key === 'source-port') sourcePort = range;
        else destinationPort = range;
      } else if (kind === 'tcp' && key === 'direction-initiated' && isDirection(value)) initiated = value;
      else if (kind === 'icmp' && key === 'type' && isWithin(value, 255)) icmpType = value;
      else cannot(where, value);
    }
    if (kind === 'tcp') protocol = IP_PROTOCOL.tcp;
    if (kind === 'udp') protocol = IP_PROTOCOL.udp;
    if (kind === 'icmp') protocol = ipVersion === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
  }
  if (obstacle !== '') remote = { kind: 'unresolved', what: obstacle };
  else if (remote.kind === 'unresolved') {
    problems.push(`${remote.what} must be resolved by the operator: name its addresses with --controller`);
  }
  const forwarding = textOf(member(member(ace, 'actions'), 'forwarding'));
  return {
    direction,
    accept: forwarding === 'accept',
    ipVersion,
    remote,
    protocol,
    sourcePort,
    destinationPort,
    icmpType,
    initiated,
  };
}

/** `dst-dnsname`, `destination-ipv4-network`: the other end is the destination of what the device sends. */
function endName(direction: Direction, rest: string): string {
  const isOut = direction === 'from-device';
  if (rest === 'dnsname') return isOut ? 'dst-dnsname' : 'src-dnsname';
  return `${isOut ? 'destination' : 'source'}-${rest}`;
}

function readMudMatch(key: string, value: unknown): Remote {
  if (key === 'local-networks') return { kind: 'local-networks' };
  if (key === 'controller') return { kind: 'controller', uri: textOf(value) };
  return { kind: 'unresolved', what: key };
}

function readRange(value: unknown): PortRange | null {
  const port = member(value, 'port');
  switch (member(value, 'operator')) {
    case undefined: {
      const low = member(value, 'lower-port');
      const high = member(value, 'upper-port');
      if (isWithin(low, 65_535) && isWithin(high, 65_535)) return { low, high };
      return isWithin(port, 65_535) ? { low: port, high: port } : null;
    }
    case 'eq':
      return isWithin(port, 65_535) ? { low: port, high: port } : null;
    case 'lte':
      return isWithin(port, 65_535) ? { low: 0, high: port } : null;
    case 'gte':
      return isWithin(port, 65_535) ? { low: port, high: 65_535 } : null;
    default:
      return null;
  }
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function isDirection(value: unknown): value is Direction {
  return value === 'from-device' || value === 'to-device';
}

/** Members without the module that qualifies them (`ietf-mud:mud` is `mud`). */
function membersOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([key, held]) => [key.slice(key.indexOf(':') + 1), held]);
}

function member(value: unknown, key: string): unknown {
  return membersOf(value).find(([name]) => name === key)?.[1];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
