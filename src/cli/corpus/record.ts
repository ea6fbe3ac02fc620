/** `lanscope corpus record`: what is reported now becomes what is expected. */
import type { ExitCode } from '../../bytes/error.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { run as runCorpus } from './run.ts';

export function run(args: CorpusArguments): Promise<ExitCode> {
  return runCorpus(args, true);
}
