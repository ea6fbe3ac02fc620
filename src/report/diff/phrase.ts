/** Changes in words: one grouping and one phrase for terminal, Markdown and HTML alike. Text is as on the wire. */
import { formatBytes, formatCount, formatPercent, formatPlural } from '../quantity.ts';
import { severityRank } from '../finding-order.ts';
import { SEVERITIES, type Severity } from '../../detect/finding.ts';
import type { Change, ReportDiff } from './schema.ts';

/** `+` gained, `-` lost, `~` changed. */
export type Mark = '+' | '-' | '~';

export interface Phrase {
  readonly mark: Mark;
  readonly text: string;
  /** Of a finding that is new or rose. */
  readonly severity: Severity | null;
}

export interface PhraseGroup {
  readonly title: string;
  readonly phrases: readonly Phrase[];
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

/** What changed, by what it is about: the network, findings, then each device. */
export function phraseGroups({ changes }: ReportDiff): PhraseGroup[] {
  const groups = new Map<string, Phrase[]>();
  const add = (title: string, phrase: Phrase) => {
    const phrases = groups.get(title);
    if (phrases === undefined) groups.set(title, [phrase]);
    else phrases.push(phrase);
  };
  const ofSubject = (...subjects: Change['subject'][]) =>
    changes.filter(({ subject }) => subjects.includes(subject));
  for (const change of ofSubject('input', 'score', 'total')) add('Network', phraseOf(change));
  for (const change of ofSubject('finding')) add('Findings', phraseOf(change));
  for (const change of ofSubject('device').filter(({ field }) => field === ''))
    add('Devices', phraseOf(change));
  for (const change of ofSubject('device').filter(({ field }) => field !== ''))
    add(deviceTitle(change), phraseOf(change));
  return [...groups].map(([title, phrases]) => ({ title, phrases }));
}

/** `2 devices new, 1 gone, 3 changed; 1 finding new`; `no difference`. */
export function diffSummary({ changes, same }: ReportDiff): string {
  if (same) return 'no difference';
  const whole = (subject: Change['subject'], kind: Change['kind']) =>
    changes.filter((change) => change.subject === subject && change.kind === kind && change.field === '')
      .length;
  const changedDevices = new Set(
    changes
      .filter(({ subject, field }) => subject === 'device' && field !== '')
      .map(({ device }) => device?.a?.id),
  ).size;
  const changedFindings = changes.filter(
    ({ subject, field }) => subject === 'finding' && field !== '',
  ).length;
  const other = changes.filter(({ subject }) => subject !== 'device' && subject !== 'finding').length;
  const parts = [
    counted('device', whole('device', 'added'), whole('device', 'removed'), changedDevices),
    counted('finding', whole('finding', 'added'), whole('finding', 'removed'), changedFindings),
    other === 0 ? '' : formatPlural(other, 'change of the whole', 'changes of the whole'),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function counted(noun: string, added: number, removed: number, changed: number): string {
  const parts = [
    [added, 'new'],
    [removed, 'gone'],
    [changed, 'changed'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return told.length === 0 ? '' : `${noun}s: ${told.join(', ')}`;
}

function deviceTitle({ device }: Change): string {
  const a = device?.a;
  const b = device?.b;
  const label = b?.label || a?.label || '';
  const ids = a && b && a.id !== b.id ? `${a.id} → ${b.id}` : (b?.id ?? a?.id ?? '');
  const why =
    device === null || device.matchedBy === 'mac' || device.matchedBy === ''
      ? ''
      : `, matched by ${device.matchedBy}`;
  return `${ids}${label === '' ? '' : ` (${label})`}${why}`;
}

function phraseOf(change: Change): Phrase {
  return { mark: MARKS[change.kind], text: textOf(change), severity: severityOf(change) };
}

function textOf({ subject, kind, field, item, device, a, b }: Change): string {
  const who = device?.b ?? device?.a ?? null;
  if (subject === 'finding') {
    const by = who === null ? '' : ` ${who.id}${who.label === '' ? '' : ` (${who.label})`}`;
    if (field === '') return `${item}:${by} ${(b ?? a)!}`;
    return `${item}:${by} ${field} ${String(a)} → ${String(b)}`;
  }
  if (subject === 'device' && field === '') {
    const what = String(b ?? a);
    const label = what.startsWith(who!.label) ? '' : who!.label;
    return [`${who!.id}${label === '' ? '' : ` ${label}`}`, what].filter((part) => part !== '').join(': ');
  }
  const name =
    subject === 'score'
      ? 'network score'
      : subject === 'total' && kind === 'changed'
        ? `total ${field}`
        : label(field);
  if (kind !== 'changed') return `${name} ${String(a ?? b)}`;
  return `${name} ${show(field, a)} → ${show(field, b)}`;
}

function label(field: string): string {
  return LABELS[field] ?? field;
}

const LABELS: Readonly<Record<string, string>> = {
  id: 'MAC address',
  'identity.brand': 'brand',
  'identity.model': 'model',
  'identity.category': 'category',
  'identity.os': 'system',
  'identity.confidence': 'confidence',
  names: 'name',
  addresses: 'address',
  roles: 'role',
  services: 'service',
  fingerprints: 'fingerprint',
  domains: 'domain',
  peers: 'peer',
  ports: 'port used',
  protocols: 'protocol',
  'traffic.bytesOut': 'sent',
  'traffic.bytesIn': 'received',
};

function show(field: string, value: Change['a']): string {
  if (value === null || value === '') return 'unknown';
  if (typeof value === 'string') return value;
  if (field === 'identity.confidence') return formatPercent(value);
  return field.includes('bytes') ? formatBytes(value) : formatCount(value);
}

function severityOf({ subject, field, a, b }: Change): Severity | null {
  if (subject !== 'finding' || typeof b !== 'string') return null;
  const severity = (text: unknown) =>
    SEVERITIES.find((name) => typeof text === 'string' && text.split(':')[0] === name);
  const now = severity(b);
  if (now === undefined) return null;
  const before = field === 'severity' ? severity(a) : undefined;
  return before !== undefined && severityRank(before) > severityRank(now) ? null : now;
}
