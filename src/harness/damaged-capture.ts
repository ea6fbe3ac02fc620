/** Captures that were not read whole: what is scored is then what was read of them, which whoever reads the score must know. */
import type { Report, ReportInput } from '../report/schema.ts';
import { damageNotice } from '../report/terminal/notices.ts';

export type DamagedCapture = { readonly capture: string } & NonNullable<ReportInput['damage']>;

/** Of a capture that has a report of its own; none when it was read whole. */
export function damagedIn(capture: string, { input }: Pick<Report, 'input'>): DamagedCapture[] {
  return input.flatMap(({ damage }) => (damage === null ? [] : [{ capture, ...damage }]));
}

/** Which capture it is, from where on it was not read, and why: one line. */
export function damageSentence({ capture, ...damage }: DamagedCapture): string {
  return damageNotice({ name: capture, damage });
}
