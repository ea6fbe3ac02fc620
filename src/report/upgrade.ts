/**
 * Reports of older versions become reports of the current one, step by step: `UPGRADERS[n]` makes version `n + 1` of
 * version `n`. A step gets what a validated report of version `n` held and may assume its shape.
 */
import { LanscopeError } from '../bytes/error.ts';
import { SCHEMA_VERSION } from './version.ts';

export type Upgrader = (report: Record<string, unknown>) => Record<string, unknown>;

/** By the version that they start from. Version 1 is the first, so there is nothing to upgrade yet. */
export const UPGRADERS: Readonly<Record<number, Upgrader>> = {};

/**
 * Brings `report` to version `current`. REPORT_TOO_NEW when it is of a later version, REPORT_INVALID when it states
 * no version or one that never was. `name` is for the message.
 */
export function upgradeReport(
  report: Record<string, unknown>,
  name: string,
  upgraders: Readonly<Record<number, Upgrader>> = UPGRADERS,
  current = SCHEMA_VERSION,
): Record<string, unknown> {
  const version = report['schemaVersion'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new LanscopeError(
      'REPORT_INVALID',
      `${name} is JSON but not a lanscope report: it states no schema version`,
      'Make one with `lanscope analyze <capture> -o report.json`',
    );
  }
  if (version > current) {
    throw new LanscopeError(
      'REPORT_TOO_NEW',
      `${name} has report version ${version}, and this lanscope knows versions up to ${current}`,
      'Update lanscope to read it',
    );
  }
  let upgraded = report;
  for (let from = version; from < current; from++) {
    const step = upgraders[from];
    if (step === undefined) throw new Error(`no upgrader from report version ${from}`);
    upgraded = { ...step(upgraded), schemaVersion: from + 1 };
  }
  return upgraded;
}
