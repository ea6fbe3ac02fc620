/**
 * The built command: says its version, or loads the bundle of the command that is called. `analyze`, which scripts call
 * again and again, is started from compiled code.
 */
import { join } from 'node:path';
import { runCompiled } from '../launch/compiled-script.ts';
import { tuneV8 } from '../launch/v8-flags.ts';
import { statedJobs } from './jobs-argument.ts';
import type * as RunModule from './run.ts';

/** What both bundles export. */
type Bundle = typeof RunModule;

declare const LANSCOPE_VERSION: string;

/** Commands that may want other processes. */
const RUNS_CASES = ['test', 'corpus'];

const argv = process.argv.slice(2);
const name = argv.find((argument) => !argument.startsWith('-'));
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${LANSCOPE_VERSION}\n`);
} else {
  tuneV8();
  if (RUNS_CASES.includes(name ?? '')) await startWorkers();
  else if (name === 'analyze' && (statedJobs(argv) ?? 1) > 1) await startThread();
  const { run } = await load();
  process.exitCode = await run(argv);
}

async function load(): Promise<Bundle> {
  if (name === 'analyze') return runCompiled(join(import.meta.dirname, 'analyze.cjs'), hasAnalyzed);
  return import('./run.ts');
}

async function startWorkers(): Promise<void> {
  const { startLikelyWorkers } = await import('./corpus/start-workers.ts');
  startLikelyWorkers(argv);
}

async function startThread(): Promise<void> {
  const thread = await import('../engine/relay/thread.ts');
  thread.startThread();
}

/** Whether captures were read: not so for help and for errors. */
function hasAnalyzed(): boolean {
  return !argv.includes('--help') && !argv.includes('-h') && Number(process.exitCode ?? 0) < 2;
}
