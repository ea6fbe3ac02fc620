/** Reading reports back: parse, upgrade, validate against the schema. */
import { constants } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { LanscopeError } from '../bytes/error.ts';
import { JsonWeight } from './json-weight.ts';
import type { Report } from './schema.ts';
import { upgradeReport } from './upgrade.ts';

const CHUNK_BYTES = 1024 * 1024;

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

/** The report in the file at `path`. Also INPUT_NOT_FOUND, INPUT_UNREADABLE and INPUT_TOO_LARGE. */
export async function readReport(path: string): Promise<Report> {
  return parseReport(await readText(path), path);
}

/** Refuses while it reads what is larger, or holds more values, than a report could. */
async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  const weight = new JsonWeight();
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      chunks.push(chunk as Buffer);
      weight.add(chunk as Buffer);
      if (weight.bytes > constants.MAX_STRING_LENGTH) {
        throw new LanscopeError('INPUT_TOO_LARGE', `${path} is larger than 512 MiB, as no report is`);
      }
      if (weight.isTooDense) {
        throw new LanscopeError(
          'REPORT_INVALID',
          `${path} is not a valid lanscope report: it holds millions of values, each smaller than those of reports`,
        );
      }
    }
  } catch (cause) {
    if (cause instanceof LanscopeError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new LanscopeError('INPUT_NOT_FOUND', `${path} does not exist`);
    throw new LanscopeError('INPUT_UNREADABLE', `${path} cannot be read (${code ?? String(cause)})`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function validateReport(value: Record<string, unknown>, name: string): Promise<Report> {
  // Loaded on demand: validation is needed by few commands and costs a tenth of a second to load.
  const [{ Compile }, { ReportSchema }] = await Promise.all([
    import('typebox/schema'),
    import('./schema.ts'),
  ]);
  if (Compile(ReportSchema).Check(value)) return value;
  const { describeMisfitOf } = await import('./narrow-misfit.ts');
  throw new LanscopeError(
    'REPORT_INVALID',
    `${name} is not a valid lanscope report: ${describeMisfitOf(ReportSchema, value)}`,
  );
}
