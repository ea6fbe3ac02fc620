/**
 * How a report joins what is remembered. Pure. Which of two sightings is the later one is decided by packet time; how
 * long an entry is remembered, by when it was last saved: captures of any year are kept side by side.
 */
import { compareText } from '../bytes/order.ts';
import { compareFindings } from '../report/finding-order.ts';
import type { Report } from '../report/schema.ts';
import { mergeDevice } from './merge-device.ts';
import { daysBefore, DEFAULT_RETENTION, retain, retentionNotices, type Retention } from './retention.ts';
import type { SavedEntry, StoreData } from './schema.ts';
import { later } from './time-order.ts';
import { STORE_VERSION } from './version.ts';

export function emptyStore(): StoreData {
  return { storeVersion: STORE_VERSION, captures: [], devices: [], findings: [] };
}

/** True when this very report was saved before. */
export function holdsReport(store: StoreData, { digest }: Report): boolean {
  return store.captures.some((capture) => capture.digest === digest);
}

export interface Merged {
  readonly store: StoreData;
  /** One line for each reason for which something was dropped. */
  readonly notices: readonly string[];
}

/**
 * The store with the report in it, within its bounds and in order. Of a report that it holds already, only what was
 * dropped since is added again and the time of saving renewed, so that traffic is not counted twice. `savedAt` is
 * RFC 3339, UTC.
 */
export function mergeReport(
  store: StoreData,
  report: Report,
  savedAt: string,
  retention: Retention = DEFAULT_RETENTION,
): Merged {
  const again = holdsReport(store, report);
  const horizon = daysBefore(savedAt, retention.maxDays);
  const devices = retain(
    bring(store.devices, report.devices, savedAt, again ? (known) => known : mergeDevice),
    idsOf(report.devices),
    ({ lastSeen }) => lastSeen,
    { max: retention.maxDevices, horizon },
  );
  const findings = retain(
    bring(store.findings, report.findings, savedAt, (_, seen) => seen),
    idsOf(report.findings),
    ({ lastTime }) => lastTime,
    { max: retention.maxFindings, horizon },
  );
  const capture = {
    digest: report.digest,
    names: report.input.map(({ name }) => name),
    firstTime: report.totals.firstTime,
    lastTime: report.totals.lastTime,
    packets: report.totals.packets,
    savedAt,
  };
  // One that is saved again moves to the end: it is not to be forgotten before its devices are.
  const others = store.captures.filter(({ digest }) => digest !== report.digest);
  return {
    store: {
      storeVersion: STORE_VERSION,
      captures: [...others, capture].slice(-retention.maxCaptures),
      devices: devices.kept.sort((a, b) => compareText(a.entry.id, b.entry.id)),
      findings: findings.kept.sort((a, b) => compareFindings(a.entry, b.entry)),
    },
    notices: retentionNotices(devices, findings, retention),
  };
}

/** All entries, those of the report merged into what is known of the same id and marked as saved now. */
function bring<T extends { readonly id: string }>(
  known: readonly SavedEntry<T>[],
  seen: readonly T[],
  savedAt: string,
  merge: (known: T, seen: T) => T,
): SavedEntry<T>[] {
  const entries = new Map(known.map((saved) => [saved.entry.id, saved]));
  for (const item of seen) {
    const before = entries.get(item.id);
    entries.set(
      item.id,
      before === undefined
        ? { savedAt, entry: item }
        : { savedAt: later(before.savedAt, savedAt), entry: merge(before.entry, item) },
    );
  }
  return [...entries.values()];
}

function idsOf(items: readonly { readonly id: string }[]): (id: string) => boolean {
  const ids = new Set(items.map(({ id }) => id));
  return (id) => ids.has(id);
}
