/**
 * Findings of both reports, grouped by rule, actor and other side: an episode more of the same is no news, a new rule
 * or a higher severity is.
 */
import type { Severity } from '../../detect/finding.ts';
import { severityRank } from '../finding-order.ts';
import type { Report, ReportFinding } from '../schema.ts';
import type { PeerNaming, PeerToken } from './peer-key.ts';
import type { Change } from './schema.ts';
import type { DiffSettings } from './settings.ts';
import { grewOrShrank } from './tolerance.ts';

interface Group {
  readonly rule: string;
  readonly actor: string;
  readonly peer: string;
  severity: Severity;
  count: number;
  /** Of the most severe finding. */
  summary: string;
}

/** `add` gets the token of the actor, for the device of the change. */
export function compareFindingGroups(
  a: Report,
  b: Report,
  naming: PeerNaming,
  settings: DiffSettings,
  add: (actor: string, change: Omit<Change, 'device'>) => void,
): void {
  const groupsA = groupFindings(a.findings, naming.a);
  const groupsB = groupFindings(b.findings, naming.b);
  for (const [key, x] of groupsA) {
    const y = groupsB.get(key);
    const base = { subject: 'finding' as const, item: x.rule };
    if (y === undefined) {
      add(x.actor, { ...base, kind: 'removed', field: '', a: describe(x), b: null });
      continue;
    }
    if (x.severity !== y.severity) {
      add(x.actor, { ...base, kind: 'changed', field: 'severity', a: x.severity, b: y.severity });
    }
    if (grewOrShrank(x.count, y.count, settings.countRatio)) {
      add(x.actor, { ...base, kind: 'changed', field: 'count', a: x.count, b: y.count });
    }
  }
  for (const [key, y] of groupsB) {
    if (!groupsA.has(key)) {
      add(y.actor, { subject: 'finding', item: y.rule, kind: 'added', field: '', a: null, b: describe(y) });
    }
  }
}

function groupFindings(findings: readonly ReportFinding[], token: PeerToken): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { rule, device, peer, severity, count, summary } of findings) {
    const actor = token(device);
    const other = token(peer);
    const key = `${rule}\0${actor}\0${other}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { rule, actor, peer: other, severity, count, summary });
      continue;
    }
    group.count += count;
    if (severityRank(severity) > severityRank(group.severity)) {
      group.severity = severity;
      group.summary = summary;
    }
  }
  return groups;
}

function describe({ severity, summary }: Group): string {
  return `${severity}: ${summary}`;
}
