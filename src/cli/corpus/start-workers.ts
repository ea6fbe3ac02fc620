/**
 * The built command starts the processes that will run the cases of `test`, `corpus run` and `corpus record` before
 * anything else: before it is known how many cases there are, whether the arguments are right, or whether there is work at all. So only a few
 * are started, and what `--jobs` says is guessed; `runCases` starts what is missing and ends what is not needed.
 */
import { availableParallelism } from 'node:os';
import { startWorkers } from '../../harness/worker-process.ts';
import { statedJobs } from '../jobs-argument.ts';

/** Processes that are started on a guess. */
const MAX_GUESSED = 4;

export function startLikelyWorkers(argv: readonly string[]): void {
  const likely = likelyJobs(argv, availableParallelism());
  if (likely > 1) startWorkers(likely);
}

/** How many processes a command line will want; 0 when it does not run cases. */
export function likelyJobs(argv: readonly string[], cores: number): number {
  if (argv.includes('--help') || argv.includes('-h')) return 0;
  const [command, action] = argv.filter((argument) => !argument.startsWith('-'));
  const runsCases = command === 'test' || (command === 'corpus' && (action === 'run' || action === 'record'));
  if (!runsCases) return 0;
  const jobs = statedJobs(argv) ?? cores;
  return Number.isInteger(jobs) && jobs > 1 ? Math.min(jobs, cores, MAX_GUESSED) : 0;
}
