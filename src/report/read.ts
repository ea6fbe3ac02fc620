/** Reading reports back: parse, upgrade, validate against the schema. */
import { readFile } from 'node:fs/promises';
import { LanscopeError } from '../bytes/error.ts';
import { describeMisfit } from './misfit.ts';
import type { Report } from './schema.ts';
import { upgradeReport } from './upgrade.ts';

/** The report in `text`. REPORT_INVALID or REPORT_TOO_NEW with `name` in the message. */
export async function parseReport(text: string, name: string): Promise<Report> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LanscopeError(
      'REPORT_INVALID',
      `${name} is not JSON`,
      'Give a report made by `lanscope analyze -o`',
      { cause },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LanscopeError('REPORT_INVALID', `${name} is JSON but not a lanscope report`);
  }
  return validateReport(upgradeReport(value as Record<string, unknown>, name), name);
}

/** The report in the file at `path`. Also INPUT_NOT_FOUND and INPUT_UNREADABLE. */
export async function readReport(path: string): Promise<Report> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new LanscopeError('INPUT_NOT_FOUND', `${path} does not exist`);
    throw new LanscopeError('INPUT_UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`);
  }
  return parseReport(text, path);
}

async function validateReport(value: Record<string, unknown>, name: string): Promise<Report> {
  // Loaded on demand: validation is needed by few commands and costs a tenth of a second to load.
  const [{ Compile }, { ReportSchema }] = await Promise.all([
    import('typebox/schema'),
    import('./schema.ts'),
  ]);
  const validator = Compile(ReportSchema);
  if (validator.Check(value)) return value;
  const [, errors] = validator.Errors(value);
  throw new LanscopeError(
    'REPORT_INVALID',
    `${name} is not a valid lanscope report: ${describeMisfit(errors)}`,
  );
}
