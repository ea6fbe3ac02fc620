/**
 * What changed from one report to another, in terms of devices and what they are and do. `diffReports(a, a)` is
 * empty, and `diffReports(b, a)` is the inverse of `diffReports(a, b)`: both are held by property tests.
 */
import { by, compareNumber, compareText } from '../../bytes/order.ts';
import { LanscopeError } from '../../bytes/error.ts';
import { bestName } from '../device-name.ts';
import type { Report, ReportDevice } from '../schema.ts';
import { compareDevices, type ChangeSink } from './compare-device.ts';
import { compareFindingGroups } from './compare-findings.ts';
import { type DeviceMatches, matchDevices } from './match.ts';
import { peerNaming } from './peer-key.ts';
import type { Change, ReportDiff } from './schema.ts';
import { DEFAULT_DIFF, type DiffSettings, isIgnored } from './settings.ts';
import { differ, grewOrShrank } from './tolerance.ts';

export function diffReports(a: Report, b: Report, settings: DiffSettings = DEFAULT_DIFF): ReportDiff {
  if (!(settings.countRatio >= 1)) throw new LanscopeError('CONFIG_INVALID', 'countRatio must be 1 or more');
  const changes: Change[] = [];
  const matches = matchDevices(a, b);
  compareWhole(a, b, settings, (change) => changes.push(change));
  compareDeviceLists(a, b, matches, settings, (change) => changes.push(change));
  const heard = changes.filter((change) => !isIgnored(change, settings.ignore)).sort(changeOrder);
  return {
    diffVersion: 1,
    same: heard.length === 0,
    a: sideOf(a),
    b: sideOf(b),
    changes: heard,
    ignored: changes.length - heard.length,
  };
}

/** The same difference seen from the other side. */
export function invertDiff(diff: ReportDiff): ReportDiff {
  const kinds = { added: 'removed', removed: 'added', changed: 'changed' } as const;
  return {
    ...diff,
    a: diff.b,
    b: diff.a,
    changes: diff.changes
      .map((change) => ({
        ...change,
        kind: kinds[change.kind],
        device: change.device && { ...change.device, a: change.device.b, b: change.device.a },
        a: change.b,
        b: change.a,
      }))
      .sort(changeOrder),
  };
}

function sideOf(report: Report): ReportDiff['a'] {
  return { inputs: report.input.map(({ name }) => name), digest: report.digest };
}

/** Score, totals, protocols, damage. */
function compareWhole(a: Report, b: Report, settings: DiffSettings, add: ChangeSink): void {
  const whole = (change: Pick<Change, 'subject' | 'kind' | 'field' | 'a' | 'b'> & { item?: string }) =>
    add({ item: '', device: null, ...change });
  if (differ(a.score.value, b.score.value, settings.score)) {
    whole({ subject: 'score', kind: 'changed', field: 'value', a: a.score.value, b: b.score.value });
  }
  for (const field of ['packets', 'bytes', 'flows'] as const) {
    const floor = field === 'bytes' ? settings.floorBytes : 0;
    if (grewOrShrank(a.totals[field], b.totals[field], settings.countRatio, floor)) {
      whole({ subject: 'total', kind: 'changed', field, a: a.totals[field], b: b.totals[field] });
    }
  }
  const protocols = new Set([...Object.keys(a.totals.protocols), ...Object.keys(b.totals.protocols)]);
  for (const name of protocols) {
    const inA = Object.hasOwn(a.totals.protocols, name);
    const inB = Object.hasOwn(b.totals.protocols, name);
    if (inA !== inB) {
      const kind = inA ? 'removed' : 'added';
      whole({ subject: 'total', kind, field: 'protocols', a: inA ? name : null, b: inB ? name : null });
    }
  }
  const damageA = a.input.flatMap(({ name, damage }) =>
    damage === null ? [] : [`${name}: ${damage.reason}`],
  );
  const damageB = b.input.flatMap(({ name, damage }) =>
    damage === null ? [] : [`${name}: ${damage.reason}`],
  );
  for (const text of new Set([...damageA, ...damageB])) {
    const inA = damageA.includes(text);
    if (inA === damageB.includes(text)) continue;
    const kind = inA ? 'removed' : 'added';
    whole({ subject: 'input', kind, field: 'damage', a: inA ? text : null, b: inA ? null : text });
  }
  if (a.complete !== b.complete) {
    whole({
      subject: 'input',
      kind: 'changed',
      field: 'complete',
      a: String(a.complete),
      b: String(b.complete),
    });
  }
}

function compareDeviceLists(
  a: Report,
  b: Report,
  matches: DeviceMatches,
  settings: DiffSettings,
  add: ChangeSink,
): void {
  const naming = peerNaming(matches);
  for (const pair of matches.pairs) {
    const device = { a: refOf(pair.a), b: refOf(pair.b), matchedBy: pair.by };
    compareDevices(pair, naming, settings, (change) =>
      add({ subject: 'device', item: '', device, ...change }),
    );
  }
  for (const device of matches.onlyA) {
    const ref = { a: refOf(device), b: null, matchedBy: '' as const };
    add({
      subject: 'device',
      kind: 'removed',
      field: '',
      item: '',
      device: ref,
      a: describe(device),
      b: null,
    });
  }
  for (const device of matches.onlyB) {
    const ref = { a: null, b: refOf(device), matchedBy: '' as const };
    add({ subject: 'device', kind: 'added', field: '', item: '', device: ref, a: null, b: describe(device) });
  }
  const refs = new Map<string, NonNullable<Change['device']>>();
  for (const { a: x, b: y, by } of matches.pairs)
    refs.set(naming.a(x.id), { a: refOf(x), b: refOf(y), matchedBy: by });
  for (const device of matches.onlyA)
    refs.set(naming.a(device.id), { a: refOf(device), b: null, matchedBy: '' });
  for (const device of matches.onlyB)
    refs.set(naming.b(device.id), { a: null, b: refOf(device), matchedBy: '' });
  compareFindingGroups(a, b, naming, settings, (token, change) =>
    add({ ...change, device: refs.get(token) ?? null }),
  );
}

function refOf(device: ReportDevice): { id: string; label: string } {
  const { brand, model } = device.identity;
  const product = [brand, model].filter((part) => part !== '').join(' ');
  return { id: device.id, label: bestName(device) || product || device.vendor };
}

function describe({ identity, vendor, addresses }: ReportDevice): string {
  const product = [identity.brand, identity.model].filter((part) => part !== '').join(' ');
  const what = [
    product || vendor,
    identity.category === 'unknown' ? '' : identity.category,
    addresses[0]?.address ?? '',
  ];
  return what.filter((part) => part !== '').join(', ');
}

const SUBJECTS = ['input', 'score', 'finding', 'device', 'total'];

/** The same from either side, up to the last comparison. */
const changeOrder = by<Change>(
  (x, y) => compareNumber(SUBJECTS.indexOf(x.subject), SUBJECTS.indexOf(y.subject)),
  (x, y) => compareText(deviceKey(x), deviceKey(y)),
  (x, y) => compareText(x.item, y.item),
  (x, y) => compareText(x.field, y.field),
  (x, y) => compareText(valueKey(x), valueKey(y)),
  (x, y) => compareText(x.kind, y.kind),
);

function deviceKey({ device }: Change): string {
  const ids = [device?.a?.id ?? '', device?.b?.id ?? ''].filter((id) => id !== '').sort(compareText);
  return ids.join(' ');
}

function valueKey({ a, b }: Change): string {
  return [a, b]
    .filter((value) => value !== null)
    .map(String)
    .sort(compareText)
    .join('\0');
}
