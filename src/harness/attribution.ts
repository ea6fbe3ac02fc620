/**
 * Which connections a report's findings are about. A finding claims a connection when all of this holds:
 * - one end has an address of the finding's device;
 * - the other end is the finding's peer, where it names one;
 * - the responder's port is one of those that the evidence names (`port`, `sought`), where it names any;
 * - the connection was under way between the finding's first and last event.
 */
import type { Severity } from '../detect/finding.ts';
import { SEVERITIES } from '../detect/finding.ts';
import type { Report, ReportFinding } from '../report/schema.ts';
import type { LabelledFlow } from './labels/conn-log-labels.ts';

interface Claim {
  readonly rule: string;
  readonly technique: string;
  /** Null for any. */
  readonly peers: ReadonlySet<string> | null;
  /** `tcp/23`; null for any. */
  readonly ports: ReadonlySet<string> | null;
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
}

/** `Date.parse` drops what is finer than a millisecond, and logs have microseconds in a double. */
const TOLERANCE_SECONDS = 0.001;

export class Attribution {
  /** By address of the actor. */
  readonly #claims = new Map<string, Claim[]>();

  /** Findings below `threshold` say nothing about a connection. */
  constructor(report: Report, threshold: Severity) {
    const addresses = new Map(
      report.devices.map((device) => [device.id, device.addresses.map((a) => a.address)]),
    );
    for (const finding of report.findings) {
      if (SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(threshold)) continue;
      const claim = claimOf(finding, addresses);
      for (const address of actorAddresses(finding.device, addresses)) {
        const claims = this.#claims.get(address);
        if (claims === undefined) this.#claims.set(address, [claim]);
        else claims.push(claim);
      }
    }
  }

  /** The rules whose findings claim the connection, each with its technique; empty when none does. */
  claimedBy(flow: LabelledFlow): { rule: string; technique: string }[] {
    const found: { rule: string; technique: string }[] = [];
    const check = (actor: string, other: string): void => {
      for (const claim of this.#claims.get(actor) ?? []) {
        if (!found.some(({ rule }) => rule === claim.rule) && covers(claim, flow, other)) found.push(claim);
      }
    };
    check(flow.originator, flow.responder);
    check(flow.responder, flow.originator);
    return found;
  }
}

function covers({ peers, ports, from, to }: Claim, flow: LabelledFlow, other: string): boolean {
  return (
    (peers === null || peers.has(other)) &&
    (ports === null || ports.has(`${flow.protocol}/${flow.responderPort}`)) &&
    flow.start <= to + TOLERANCE_SECONDS &&
    flow.start + flow.duration >= from - TOLERANCE_SECONDS
  );
}

function claimOf(finding: ReportFinding, addresses: ReadonlyMap<string, readonly string[]>): Claim {
  const peers = addresses.get(finding.peer) ?? (isAddress(finding.peer) ? [finding.peer] : []);
  const { port, sought } = finding.evidence;
  const ports = [port, ...(Array.isArray(sought) ? sought : [])].filter(
    (text): text is string => typeof text === 'string' && /^[a-z]+\/\d+$/.test(text),
  );
  return {
    rule: finding.rule,
    technique: finding.technique,
    peers: peers.length === 0 ? null : new Set(peers),
    ports: ports.length === 0 ? null : new Set(ports),
    from: Date.parse(finding.firstTime) / 1000,
    to: Date.parse(finding.lastTime) / 1000,
  };
}

function actorAddresses(
  device: string,
  addresses: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (device.startsWith('ip:')) return [device.slice(3)];
  return addresses.get(device) ?? [];
}

function isAddress(text: string): boolean {
  return (
    /^[\d.]+$/.test(text) ||
    (text.includes(':') && /^[0-9a-f:.]+$/.test(text) && !/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text))
  );
}
