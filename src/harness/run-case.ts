/** One case: its capture is analyzed, and the report judged by what is expected of it. */
import { existsSync, readFileSync } from 'node:fs';
import { LanscopeError } from '../bytes/error.ts';
import { analyze } from '../engine/analyze.ts';
import type { Report } from '../report/schema.ts';
import type { FieldChange } from './changed-fields.ts';
import type { CaseSettings } from './case-settings.ts';
import { compareWithGolden, recordGolden } from './golden.ts';
import { fileDigest } from './report-cache.ts';

/** What is run; everything in it can cross to another process. */
export interface CaseTask {
  readonly name: string;
  /** '' when the capture is not on this machine. */
  readonly capture: string;
  readonly golden: string;
  /** '' when there is none. */
  readonly expectation: string;
  /** Packets that the manifest states; null when it does not. */
  readonly packets: number | null;
}

export type Status = 'pass' | 'fail' | 'skip' | 'recorded';

export interface CaseOutcome {
  readonly name: string;
  readonly status: Status;
  /** Why it was skipped, or why there is no report. */
  readonly reason: string;
  /** Expectations that do not hold, a sentence each. */
  readonly unmet: readonly string[];
  /** Fields that are not as in the golden report. */
  readonly changed: readonly FieldChange[];
  /** Null without a report. */
  readonly totals: {
    readonly packets: number;
    readonly flows: number;
    readonly devices: number;
    readonly findings: number;
  } | null;
  readonly digest: string;
  /** The report came from the cache. */
  readonly cached: boolean;
  readonly elapsedMs: number;
}

/** Never rejects: what goes wrong with a case is its outcome, and the others run on. */
export async function runCase(task: CaseTask, settings: CaseSettings): Promise<CaseOutcome> {
  const started = performance.now();
  const outcome = (status: Status, rest: Partial<CaseOutcome>): CaseOutcome => ({
    name: task.name,
    status,
    reason: '',
    unmet: [],
    changed: [],
    totals: null,
    digest: '',
    cached: false,
    ...rest,
    elapsedMs: performance.now() - started,
  });
  if (task.capture === '') return outcome('skip', { reason: 'its capture is not here' });
  try {
    const hasGolden = existsSync(task.golden);
    if (!settings.record && !hasGolden && task.expectation === '' && task.packets === null) {
      return outcome('skip', { reason: 'nothing is expected of it: no golden report and no expect.json' });
    }
    const { report, cached } = await reportOf(task.capture, settings);
    const unmet = task.expectation === '' ? [] : await unmetOf(task.expectation, report);
    if (task.packets !== null && report.totals.packets !== task.packets) {
      unmet.push(`${task.packets} packets stated by the manifest, ${report.totals.packets} found`);
    }
    const { packets, flows, devices } = report.totals;
    const facts = {
      unmet,
      totals: { packets, flows, devices, findings: report.findings.length },
      digest: report.digest,
      cached,
    };
    if (settings.record) {
      recordGolden(task.golden, report);
      return outcome(unmet.length > 0 ? 'fail' : 'recorded', facts);
    }
    const changed = hasGolden ? compareWithGolden(readFileSync(task.golden, 'utf8'), report) : [];
    return outcome(unmet.length + changed.length > 0 ? 'fail' : 'pass', { ...facts, changed });
  } catch (error) {
    return outcome('fail', { reason: failureOf(error) });
  }
}

async function unmetOf(file: string, report: Report): Promise<string[]> {
  // On demand: what checks such a file is a third of all code, and most cases have none.
  const { readExpectation, unmetExpectations } = await import('./expectation.ts');
  return unmetExpectations(await readExpectation(file), report);
}

/** The report of a capture, from the cache where it is kept. */
export async function reportOf(
  capture: string,
  { cache, config, fingerprints, version, model }: Omit<CaseSettings, 'record'>,
): Promise<{ report: Report; cached: boolean }> {
  const key = cache?.key(capture, await fileDigest(capture)) ?? '';
  const kept = cache?.get(key) ?? null;
  if (kept !== null) return { report: kept, cached: true };
  const { report } = await analyze({
    paths: [capture],
    config,
    version,
    ...(fingerprints === undefined ? {} : { fingerprints }),
    ...(model === undefined ? {} : { model }),
  });
  cache?.set(key, report);
  return { report, cached: false };
}

function failureOf(error: unknown): string {
  if (error instanceof LanscopeError) return `${error.message}${error.hint === '' ? '' : ` (${error.hint})`}`;
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return error.message;
  // A fault of ours: where it happened is what one needs to know.
  return `crashed: ${(error.stack ?? error.message).split('\n').slice(0, 3).join(' ')}`;
}
