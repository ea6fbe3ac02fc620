/**
 * Many cases, in this process or spread over several: one process a job, which takes one case after the other, so
 * that what counts is analysis and not start-up. Outcomes are told in the order of the cases.
 */
import type { RunSetup } from './case-settings.ts';
import type { CaseOutcome, CaseTask } from './run-case.ts';
import { dismissWorkers, takeWorker } from './worker-process.ts';

export interface RunOptions extends Omit<RunSetup, 'program'> {
  /** Processes at once; with 1 everything happens in this one. */
  readonly jobs: number;
  /** Called for every case, in their order. */
  readonly onOutcome?: (outcome: CaseOutcome) => void;
}

/** Cases that a process is given ahead, so that it never waits for the next. */
const AHEAD = 2;

/**
 * CONFIG_INVALID when the configuration cannot be read; what goes wrong with a case is its outcome.
 * What is not needed is not loaded: while this process does, the others wait for their first case.
 */
export async function runCases(tasks: readonly CaseTask[], options: RunOptions): Promise<CaseOutcome[]> {
  const { configFile, fingerprints, version, cache, record } = options;
  const kept = cache === null ? null : await import('./report-cache.ts');
  const setup: RunSetup = {
    configFile,
    fingerprints,
    version,
    cache,
    program: kept?.programDigest() ?? '',
    record,
  };
  const outcomes = new Array<CaseOutcome | undefined>(tasks.length);
  let told = 0;
  const take = (index: number, outcome: CaseOutcome): void => {
    outcomes[index] = outcome;
    for (let next = outcomes[told]; next !== undefined; next = outcomes[told]) {
      told++;
      options.onOutcome?.(next);
    }
  };
  const jobs = Math.min(options.jobs, tasks.length);
  if (jobs <= 1) {
    dismissWorkers();
    const [{ settingsOf }, { runCase }] = await Promise.all([
      import('./case-settings.ts'),
      import('./run-case.ts'),
    ]);
    const settings = await settingsOf(setup);
    for (const [index, task] of tasks.entries()) take(index, await runCase(task, settings));
  } else {
    // The others read it too: a wrong file is told once, here.
    if (configFile !== undefined) await (await import('../engine/config.ts')).readConfig(configFile);
    const waiting = tasks.map((_, index) => index);
    const workers = Array.from({ length: jobs }, () => runWorker(tasks, waiting, setup, take));
    dismissWorkers();
    await Promise.all(workers);
  }
  if (cache !== null) kept?.pruneCache(cache);
  return outcomes as CaseOutcome[];
}

/**
 * One process, as long as cases wait. When it dies (out of memory, a crash of the runtime), the case that it was at
 * fails, the others that it held go back, and another process takes over.
 */
function runWorker(
  tasks: readonly CaseTask[],
  waiting: number[],
  setup: RunSetup,
  take: (index: number, outcome: CaseOutcome) => void,
): Promise<void> {
  if (waiting.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const held: number[] = [];
    const child = takeWorker();
    const feed = (): void => {
      while (held.length < AHEAD && waiting.length > 0) {
        const index = waiting.shift()!;
        held.push(index);
        child.send(tasks[index]!);
      }
      if (held.length === 0) child.disconnect();
    };
    child.on('message', (outcome: CaseOutcome) => {
      take(held.shift()!, outcome);
      feed();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const at = held.shift();
      if (at === undefined) return resolve();
      const reason = `the process that analyzed it ended (${signal ?? `exit code ${code}`})`;
      take(at, { ...NOTHING, name: tasks[at]!.name, reason });
      waiting.unshift(...held);
      runWorker(tasks, waiting, setup, take).then(resolve, reject);
    });
    child.send(setup);
    feed();
  });
}

const NOTHING: CaseOutcome = {
  name: '',
  status: 'fail',
  reason: '',
  unmet: [],
  changed: [],
  totals: null,
  digest: '',
  cached: false,
  elapsedMs: 0,
};
