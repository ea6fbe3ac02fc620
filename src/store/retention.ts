/** How much is remembered, and for how long. Pure; what the report being saved brings is never dropped. */
import { by, compareText } from '../bytes/order.ts';
import { formatPlural } from '../report/quantity.ts';
import type { SavedEntry } from './schema.ts';
import { compareTime } from './time-order.ts';

/** Bounds of the store. Beyond one, what was saved longest ago goes first. */
export interface Retention {
  /** Of the devices and findings; exceeded only by a report that brings more, which is bounded itself. */
  readonly maxDevices: number;
  readonly maxFindings: number;
  readonly maxCaptures: number;
  /** Days since an entry was last saved, of the clock and not of packet time. */
  readonly maxDays: number;
}

export const DEFAULT_RETENTION: Retention = {
  maxDevices: 20_000,
  maxFindings: 20_000,
  maxCaptures: 1_000,
  maxDays: 400,
};

export interface Retained<T> {
  readonly kept: SavedEntry<T>[];
  /** Entries that were not saved again for longer than the retention. */
  readonly aged: number;
  /** Entries beyond the bound. */
  readonly beyond: number;
}

/** What of `entries` stays: all that `isBrought` by the report being saved, and of the rest what the bounds allow. */
export function retain<T extends { readonly id: string }>(
  entries: readonly SavedEntry<T>[],
  isBrought: (id: string) => boolean,
  lastSeen: (entry: T) => string,
  { max, horizon }: { readonly max: number; readonly horizon: number },
): Retained<T> {
  const brought = entries.filter(({ entry }) => isBrought(entry.id));
  const rest = entries.filter(({ entry }) => !isBrought(entry.id));
  // A time that cannot be read makes nothing old.
  const young = rest.filter(({ savedAt }) => !(Date.parse(savedAt) < horizon));
  const fitting = young
    .sort(
      by(
        (a, b) => compareTime(b.savedAt, a.savedAt),
        (a, b) => compareTime(lastSeen(b.entry), lastSeen(a.entry)),
        (a, b) => compareText(a.entry.id, b.entry.id),
      ),
    )
    .slice(0, Math.max(0, max - brought.length));
  return {
    kept: [...brought, ...fitting],
    aged: rest.length - young.length,
    beyond: young.length - fitting.length,
  };
}

/** In milliseconds of the Unix epoch. */
export function daysBefore(time: string, days: number): number {
  return Date.parse(time) - days * 86_400_000;
}

/** One line for each reason for which something was dropped. */
export function retentionNotices(
  devices: Retained<unknown>,
  findings: Retained<unknown>,
  { maxDays, maxDevices, maxFindings }: Retention,
): string[] {
  const notices: string[] = [];
  const tell = (deviceCount: number, findingCount: number, why: string) => {
    if (deviceCount + findingCount === 0) return;
    notices.push(
      `${formatPlural(deviceCount, 'device')}, ${formatPlural(findingCount, 'finding')} not kept: ${why}`,
    );
  };
  tell(devices.aged, findings.aged, `not saved again for more than ${formatPlural(maxDays, 'day')}`);
  tell(
    devices.beyond,
    findings.beyond,
    `the store holds ${formatPlural(maxDevices, 'device')} and ${formatPlural(maxFindings, 'finding')} at most, ` +
      'and these were saved longest ago',
  );
  return notices;
}
