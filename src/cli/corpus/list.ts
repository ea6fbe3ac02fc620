/** `lanscope corpus list`: which corpora there are, or the cases of one. */
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { corpusCases, listCorpora } from '../../harness/corpus.ts';
import { safeText } from '../../report/terminal/cell.ts';
import { formatPlural } from '../../report/quantity.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { writeResult } from '../terminal.ts';
import { selectedCases } from './selected-cases.ts';

export async function run(args: CorpusArguments): Promise<ExitCode> {
  if (args.corpus === undefined) await listAll(args.json);
  else await listCases(args);
  return EXIT.ok;
}

async function listAll(json: boolean): Promise<void> {
  const corpora = (await listCorpora()).map((corpus) => {
    const cases = corpusCases(corpus);
    const { name, title, licence = '', homepage = '' } = corpus.manifest;
    const present = cases.filter(({ capture }) => capture !== '').length;
    return { name, title, licence, homepage, cases: cases.length, present, manifest: corpus.path };
  });
  if (json) return writeResult(`${JSON.stringify(corpora, null, 2)}\n`);
  const lines = corpora.map(
    ({ name, title, cases, present }) =>
      `${safeText(name).padEnd(12)} ${safeText(title)} (${formatPlural(cases, 'case')}, ${present} here)`,
  );
  await writeResult(`${lines.join('\n')}\n`);
}

async function listCases(args: CorpusArguments): Promise<void> {
  const { cases } = await selectedCases(args);
  if (args.json) return writeResult(`${JSON.stringify(cases, null, 2)}\n`);
  const lines = cases.map(({ name, capture, entry }) => {
    const facts = Object.entries(entry?.facts ?? {}).map(([key, value]) => `${key} ${value}`);
    const state = capture === '' ? '-' : 'here';
    return `${state.padEnd(4)} ${safeText(name).padEnd(32)} ${safeText(facts.join(', '))}`.trimEnd();
  });
  await writeResult(`${lines.join('\n')}\n`);
}
