/**
 * Findings of both reports, grouped by rule, actor and other side: an episode more of the same is no news, a new rule
 * or a higher severity is.
 */
import { by, compareText } from '../../bytes/order.ts';
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
  /** Actor and other side as the report calls them. */
  readonly between: string;
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
  // In one order from either side: changes that differ in nothing but who is meant stay as they come.
  const order = by<readonly [Group, Group | undefined]>(([x, y], [v, w]) =>
    compareText(betweenEither(x, y), betweenEither(v, w)),
  );
  for (const [x, y] of [...groupsA].map(([key, x]) => [x, groupsB.get(key)] as const).sort(order)) {
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

function betweenEither(x: Group, y: Group | undefined): string {
  return [x.between, y?.between ?? ''].sort(compareText).join('\0');
}

function groupFindings(findings: readonly ReportFinding[], token: PeerToken): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { rule, device, peer, severity, count, summary } of findings) {
    const actor = token(device);
    const other = token(peer);
    const key = `${rule}\0${actor}\0${other}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { rule, actor, peer: other, between: `${device}\0${peer}`, severity, count, summary });
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
