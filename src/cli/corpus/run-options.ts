/** What `test`, `corpus run` and `corpus record` have in common: how cases are run, and how outcomes are told. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { cacheFolder } from '../../harness/cache-folder.ts';
import { renderJunit } from '../../harness/junit.ts';
import { renderOutcome, renderOutcomesMarkdown, renderSummary, tally } from '../../harness/render-outcome.ts';
import type { CaseTask } from '../../harness/run-case.ts';
import { runCases } from '../../harness/run-cases.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { countProgress } from './count-progress.ts';
import { jobsIn } from '../jobs-argument.ts';
import { hasColor, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

export function runOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('jobs', {
      alias: 'j',
      type: 'number',
      describe: 'Processes at once; one for each core if absent',
      requiresArg: true,
    })
    .option('only', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'Cases by name, end of a name, or pattern with * (repeatable)',
      requiresArg: true,
    })
    .option('shard', { type: 'string', describe: 'Part i of n of the cases, e.g. 2/4', requiresArg: true })
    .option('config', { type: 'string', describe: 'Thresholds and limits (JSON)', requiresArg: true })
    .option('fingerprints', {
      type: 'string',
      describe: 'Folder of facts (.tsv) beside the built-in ones',
      requiresArg: true,
    })
    .option('cache', { type: 'boolean', default: true, describe: 'Keep reports of unchanged captures' })
    .option('junit', { type: 'string', describe: 'Write outcomes as JUnit XML', requiresArg: true })
    .option('markdown', {
      type: 'string',
      describe: 'Write what failed as Markdown, for a pull request',
      requiresArg: true,
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print outcomes as JSON' });
}

export interface RunArguments {
  readonly jobs?: number | undefined;
  readonly config?: string | undefined;
  readonly fingerprints?: string | undefined;
  readonly cache: boolean;
  readonly junit?: string | undefined;
  readonly markdown?: string | undefined;
  readonly json: boolean;
}

/** Runs the cases, tells each as it is done, and sums up. */
export async function runAndTell(
  title: string,
  tasks: readonly CaseTask[],
  args: RunArguments,
  record: boolean,
): Promise<ExitCode> {
  const jobs = jobsIn(args.jobs ?? availableParallelism());
  for (const path of [args.junit, args.markdown]) if (path !== undefined) await requireWritable(path);
  const started = performance.now();
  const progress = countProgress(tasks.length, 'cases');
  const lines = new PacedLines(() => progress.clear());
  const outcomes = await runCases(tasks, {
    jobs,
    configFile: args.config,
    fingerprints: args.fingerprints,
    version: version(),
    cache: args.cache ? cacheFolder() : null,
    record,
    onOutcome: (outcome) => {
      progress.step();
      if (args.json) return;
      lines.add(renderOutcome(outcome, hasColor()));
    },
  }).finally(() => progress.stop());
  await lines.end();
  const elapsedMs = performance.now() - started;
  if (args.json) {
    await writeResult(
      `${JSON.stringify({ corpus: title, ...tally(outcomes), elapsedMs, cases: outcomes }, null, 2)}\n`,
    );
  } else await writeResult(renderSummary(outcomes, elapsedMs));
  if (args.junit !== undefined) await writeFileAtomically(args.junit, [renderJunit(title, outcomes)]);
  if (args.markdown !== undefined) {
    await writeFileAtomically(args.markdown, [renderOutcomesMarkdown(title, outcomes)]);
  }
  const { pass, fail, recorded } = tally(outcomes);
  if (fail > 0) return EXIT.no;
  if (pass + recorded === 0) {
    throw new LanscopeError(
      'INPUT_NOT_FOUND',
      'no case could be run',
      outcomes[0] === undefined ? '' : `${outcomes[0].name}: ${outcomes[0].reason}`,
    );
  }
  return EXIT.ok;
}

/** A write a line would take longer than a small case does. */
const FLUSH_MS = 100;

/** Lines for standard output, written a few times a second and one after the other. */
class PacedLines {
  readonly #beforeWrite: () => void;
  #pending = '';
  #flushedAt = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(beforeWrite: () => void) {
    this.#beforeWrite = beforeWrite;
  }

  add(text: string): void {
    this.#pending += text;
    if (performance.now() - this.#flushedAt >= FLUSH_MS) this.#flush();
  }

  end(): Promise<void> {
    this.#flush();
    return this.#written;
  }

  #flush(): void {
    const text = this.#pending;
    if (text === '') return;
    this.#pending = '';
    this.#flushedAt = performance.now();
    this.#beforeWrite();
    this.#written = this.#written.then(() => writeResult(text));
  }
}
