/** What captures are called, and in which order they were named, is part of a report and says nothing of what is in them. */
import type { Report, ReportInput } from './schema.ts';

export interface Matched {
  /** The report as it would be if its captures were called and ordered as those of the other. */
  readonly report: Report;
  /** The other's name of a capture and the report's own, where these differ. */
  readonly names: readonly (readonly [string, string])[];
  readonly isReordered: boolean;
}

/** Captures are known by their hashes; if these do not tell, by their places. */
export function matchInputs(other: Report, report: Report): Matched {
  const { input } = report;
  const inputs = orderedAs(other.input, input) ?? input;
  const isReordered = inputs.some((one, i) => one !== input[i]);
  if (inputs.length !== other.input.length) return { report, names: [], isReordered };
  const called = inputs.map((one, i) => ({ ...one, name: other.input[i]!.name }));
  const names = inputs.flatMap(({ name }, i) => {
    const given = called[i]!.name;
    return given === name ? [] : [[given, name] as const];
  });
  return { report: { ...report, input: called }, names, isReordered };
}

/** `inputs` in the order of `others`; null when they are not the same captures, or it is not known. */
function orderedAs(others: readonly ReportInput[], inputs: readonly ReportInput[]): ReportInput[] | null {
  if (others.length !== inputs.length) return null;
  const rest = [...inputs];
  const ordered: ReportInput[] = [];
  for (const { sha256 } of others) {
    const at = sha256 === '' ? -1 : rest.findIndex((one) => one.sha256 === sha256);
    if (at < 0) return null;
    ordered.push(...rest.splice(at, 1));
  }
  return ordered;
}
