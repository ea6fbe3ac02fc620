/** `lanscope features`: what a model sees of each flow, as a table. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { FEATURE_SETS } from '../../detect/features/extractor.ts';
import { extractFromCaptures, extractFromLog, isConnLog } from '../../harness/features/extract.ts';
import { openFeatureFile } from '../../harness/features/feature-file.ts';
import { LabelIndex } from '../../harness/labels/label-index.ts';
import { formatCount, formatPlural } from '../../report/quantity.ts';
import { requireWritable } from '../../store/atomic-file.ts';
import { createProgress } from '../progress.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { writeNotice, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return yargs
    .positional('input', {
      type: 'string',
      array: true,
      default: [] as string[],
      coerce: (paths: string[]) => paths.map(restoreStdin),
      describe: "Captures, as for analyze, or one of Zeek's conn.log, labelled or not",
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      describe: 'File for the table: .csv or .parquet',
      requiresArg: true,
    })
    .option('set', {
      choices: ['conn', 'packet'] as const,
      default: 'conn' as const,
      describe: 'Features: what a conn.log can tell, or what packets add',
      requiresArg: true,
    })
    .option('labels', {
      type: 'string',
      describe: 'Labelled connection log (conn.log.labeled) whose labels join the flows',
      requiresArg: true,
    })
    .option('describe', {
      type: 'boolean',
      default: false,
      describe: 'Print the features of the set as JSON instead: names, units, ranges, meaning',
    })
    .example('lanscope features lan.pcap -o flows.parquet', 'one row a flow')
    .example(
      'lanscope features scenario.pcap --labels conn.log.labeled -o flows.csv',
      'with labels, for training',
    )
    .example('lanscope features conn.log.labeled -o flows.csv', 'from a published log without its capture')
    .epilogue('How a model is trained on these tables: ml/README.md.');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const set = FEATURE_SETS[args.set];
  if (args.describe) {
    await writeResult(`${JSON.stringify(set, finiteOrNull, 2)}\n`);
    return EXIT.ok;
  }
  if (args.input.length === 0) throw new LanscopeError('USAGE', 'features needs a capture or a conn.log');
  if (args.output === undefined)
    throw new LanscopeError('USAGE', 'features needs -o FILE (.csv or .parquet)');
  await requireWritable(args.output);
  const logs = await Promise.all(args.input.map(isConnLog));
  if (logs.includes(true) && args.input.length > 1) {
    throw new LanscopeError('USAGE', 'one log at a time: flows of several would count as one network');
  }
  const labels = args.labels === undefined ? null : await LabelIndex.read(args.labels);
  const file = await openFeatureFile(args.output, set);
  const progress = createProgress();
  const counts = await (
    logs[0] === true
      ? extractFromLog(args.input[0]!, args.set, labels, file)
      : extractFromCaptures(
          {
            paths: await findCaptures(args.input),
            source: { noHash: true },
            onProgress: (state) => progress.update(state),
            version: version(),
          },
          args.set,
          labels,
          file,
        )
  ).finally(() => progress.stop());
  await file.end();
  const labelled = counts.labelled > 0 || labels !== null ? `, ${formatCount(counts.labelled)} labelled` : '';
  writeNotice(`${formatPlural(counts.rows, 'flow')}${labelled}: ${args.output}`);
  if (counts.unreadable > 0) writeNotice(`${formatPlural(counts.unreadable, 'line')} could not be read`);
  return EXIT.ok;
}

/** JSON has no Infinity: a range that nothing bounds is null. */
function finiteOrNull(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
