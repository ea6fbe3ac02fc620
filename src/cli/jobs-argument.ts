/** `--jobs`: how much is done at once. */
import { LanscopeError } from '../bytes/error.ts';

const MAX_JOBS = 256;

/** The number of jobs that was asked for. USAGE. */
export function jobsIn(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= MAX_JOBS) return given;
  throw new LanscopeError('USAGE', `--jobs must be a whole number from 1 to ${MAX_JOBS}`);
}
