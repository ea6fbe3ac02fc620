/** Golden reports: what is kept of a report, and which fields of another differ from it. */
import { dirname } from 'node:path';
import { makeFolder } from '../bytes/make-folder.ts';
import type { Report } from '../report/schema.ts';
import { changedFields, type FieldChange } from './changed-fields.ts';
import { replaceFile } from './replace-file.ts';

/** A report as it is kept for comparison: without `run`, indented, so that differences can be read. */
export function goldenText(report: Report): string {
  const { run: _run, ...kept } = report;
  return `${JSON.stringify(kept, null, 1)}\n`;
}

/** Writes the golden report, whole or not at all. */
export function recordGolden(path: string, report: Report): void {
  makeFolder(dirname(path));
  replaceFile(path, goldenText(report));
}

/**
 * The fields of `report` that are not as in the golden report `text`, without the settings and the data files: those
 * are what was asked and looked up in, not what came of it. Throws SyntaxError when `text` is no JSON.
 */
export function compareWithGolden(text: string, report: Report): FieldChange[] {
  const current = goldenText(report);
  if (current === text) return [];
  const changes = changedFields(JSON.parse(text), JSON.parse(current));
  // The digest changes with everything else, and says nothing beside it.
  if (changes.length === 1) return changes;
  return changes.filter(({ path }) => path !== 'digest' && !/^(?:settings\.|data\[)/.test(path));
}
