/** How a report joins what is remembered. Pure; times decide by packet time, never by the clock. */
import { by, compareText } from '../bytes/order.ts';
import { compareFindings } from '../report/finding-order.ts';
import type { Report, ReportDevice } from '../report/schema.ts';
import { mergeDevice } from './merge-device.ts';
import type { StoreData } from './schema.ts';
import { compareTime } from './time-order.ts';
import { STORE_VERSION } from './version.ts';

/** Bounds of the store. Beyond one, what was seen longest ago goes first. */
export interface Retention {
  readonly maxDevices: number;
  readonly maxFindings: number;
  readonly maxCaptures: number;
  /** Days of packet time, counted back from the newest packet. */
  readonly maxDays: number;
}

export const DEFAULT_RETENTION: Retention = {
  maxDevices: 20_000,
  maxFindings: 20_000,
  maxCaptures: 1_000,
  maxDays: 400,
};

export function emptyStore(): StoreData {
  return { storeVersion: STORE_VERSION, captures: [], devices: [], findings: [] };
}

/** True when this very report was saved before. */
export function holdsReport(store: StoreData, { digest }: Report): boolean {
  return store.captures.some((capture) => capture.digest === digest);
}

/**
 * The store with the report in it. A report that it holds already changes nothing, so that traffic is not counted
 * twice. `savedAt` is RFC 3339.
 */
export function mergeReport(
  store: StoreData,
  report: Report,
  savedAt: string,
  retention: Retention = DEFAULT_RETENTION,
): StoreData {
  if (holdsReport(store, report)) return store;
  const devices = new Map<string, ReportDevice>(store.devices.map((device) => [device.id, device]));
  for (const device of report.devices) {
    const known = devices.get(device.id);
    devices.set(device.id, known === undefined ? device : mergeDevice(known, device));
  }
  const findings = new Map(store.findings.map((finding) => [finding.id, finding]));
  for (const finding of report.findings) findings.set(finding.id, finding);
  const capture = {
    digest: report.digest,
    names: report.input.map(({ name }) => name),
    firstTime: report.totals.firstTime,
    lastTime: report.totals.lastTime,
    packets: report.totals.packets,
    savedAt,
  };
  return prune(
    {
      storeVersion: STORE_VERSION,
      captures: [...store.captures, capture],
      devices: [...devices.values()],
      findings: [...findings.values()],
    },
    retention,
  );
}

/** Brings the store within its bounds and its lists into order. */
export function prune(store: StoreData, retention: Retention): StoreData {
  const newest = store.devices.reduce(
    (last, { lastSeen }) => (compareTime(lastSeen, last) > 0 ? lastSeen : last),
    '',
  );
  const horizon = newest === '' ? '' : daysBefore(newest, retention.maxDays);
  return {
    ...store,
    captures: store.captures.slice(-retention.maxCaptures),
    devices: newestFirst(store.devices, ({ lastSeen }) => lastSeen, horizon)
      .slice(0, retention.maxDevices)
      .sort((a, b) => compareText(a.id, b.id)),
    findings: newestFirst(store.findings, ({ lastTime }) => lastTime, horizon)
      .slice(0, retention.maxFindings)
      .sort(compareFindings),
  };
}

function newestFirst<T extends { readonly id: string }>(
  items: readonly T[],
  time: (item: T) => string,
  horizon: string,
): T[] {
  return items
    .filter((item) => compareTime(time(item), horizon) >= 0)
    .sort(
      by(
        (a, b) => compareTime(time(b), time(a)),
        (a, b) => compareText(a.id, b.id),
      ),
    );
}

function daysBefore(time: string, days: number): string {
  const at = Math.max(0, Date.parse(`${time.slice(0, 19)}Z`) - days * 86_400_000);
  return new Date(at).toISOString();
}
