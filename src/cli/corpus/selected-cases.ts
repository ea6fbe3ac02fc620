import { type Corpus, corpusCases, type CorpusCase, openCorpus } from '../../harness/corpus.ts';
import { selectCases, shardCases } from '../../harness/select-cases.ts';
import { type CorpusArguments, requireCorpus } from '../commands/corpus.ts';

/** The corpus that was asked for, and those of its cases that `--only` and `--shard` leave. */
export async function selectedCases(args: CorpusArguments): Promise<{ corpus: Corpus; cases: CorpusCase[] }> {
  const corpus = await openCorpus(requireCorpus(args));
  const all = corpusCases(corpus, {
    ...(args.from === undefined ? {} : { from: args.from }),
    ...(args.golden === undefined ? {} : { golden: args.golden }),
  });
  const selected = selectCases(all, args.only);
  return { corpus, cases: args.shard === undefined ? selected : shardCases(selected, args.shard) };
}
