/** `lanscope corpus run`: every case against its golden report and what is expected of it. */
import type { ExitCode } from '../../bytes/error.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { runAndTell } from './run-options.ts';
import { selectedCases } from './selected-cases.ts';

export async function run(args: CorpusArguments, record = false): Promise<ExitCode> {
  const { corpus, cases } = await selectedCases(args);
  const tasks = cases.map(({ name, capture, golden, expectation, entry }) => ({
    name,
    capture,
    golden,
    expectation,
    packets: entry?.packets ?? null,
  }));
  return runAndTell(corpus.manifest.name, tasks, args, record);
}
