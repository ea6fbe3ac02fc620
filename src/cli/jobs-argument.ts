/** `--jobs`: how much is done at once. */
import { LanscopeError } from '../bytes/error.ts';

const MAX_JOBS = 256;

/** The number of jobs that was asked for. USAGE. */
export function jobsIn(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= MAX_JOBS) return given;
  throw new LanscopeError('USAGE', `--jobs must be a whole number from 1 to ${MAX_JOBS}`);
}

/** What a command line says before it is understood: `--jobs 2`, `--jobs=2`, `-j 2`, `-j2`, `-j=2`. */
export function statedJobs(argv: readonly string[]): number | undefined {
  for (const [i, argument] of argv.entries()) {
    const [, value] = /^(?:--jobs|-j)=?(\d*)$/.exec(argument) ?? [];
    if (value !== undefined) return Number(value === '' ? argv[i + 1] : value);
  }
  return undefined;
}
