/** `lanscope analyze`: captures in, a report out. */
import type { Argv } from 'yargs';
import type { ExitCode } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import { inputNotices } from '../../report/terminal/notices.ts';
import { tuneV8After } from '../../launch/v8-flags.ts';
import { deliverReport } from '../deliver-report.ts';
import { detectOptions, detectSettings } from '../detect-options.ts';
import { fingerprintsOption } from '../fingerprints-option.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { jobsIn } from '../jobs-argument.ts';
import { baselineModelOption, chosenBaseline, chosenModel, modelOption } from '../model-option.ts';
import { eventsOption, outputsOf, requireWritableOutputs, zeekOptions } from '../output-options.ts';
import { createProgress } from '../progress.ts';
import { answerOptions, htmlOption, outputOption } from '../report-options.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { requireSaveWithDb, saveOptions } from '../store-option.ts';
import { writeNotice } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  const judging = baselineModelOption(modelOption(detectOptions(yargs))).positional('capture', {
    type: 'string',
    array: true,
    coerce: (paths: string[]) => paths.map(restoreStdin),
    demandOption: true,
    describe: 'pcap, pcapng or snoop, also compressed; a folder; a glob; - for standard input',
  });
  const answering = answerOptions(outputOption(judging)).option('strict', {
    type: 'boolean',
    default: false,
    describe: 'Take damage in a capture as an error',
  });
  const reading = fingerprintsOption(answering)
    .option('hash', {
      type: 'boolean',
      describe: 'Compute the SHA-256 of each input [default: when the report is given out or saved]',
    })
    .option('jobs', {
      alias: 'j',
      type: 'number',
      describe: 'Threads: from 2 on one reads and one learns, with the same report [default: 1]',
      requiresArg: true,
    });
  return selectionOptions(saveOptions(htmlOption(eventsOption(zeekOptions(reading)))))
    .example('lanscope analyze lan.pcapng', 'tables on the terminal')
    .example(
      'lanscope analyze a.pcap b.pcap -o report.json -q',
      'two captures in time order, report to a file',
    )
    .example(
      'lanscope analyze lan.pcap --fail-on high',
      'a gate for CI: exit code 1 on a high or critical finding',
    )
    .example(
      'lanscope analyze today.pcap --baseline yesterday.json',
      'what is new since that report: devices, their peers and domains',
    )
    .example('zcat big.pcap.gz | lanscope analyze - --json | jq .totals', 'in a pipeline');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  requireSaveWithDb(args);
  await requireWritableOutputs(args);
  const settings = await detectSettings(args);
  const model = await chosenModel(args.model);
  const baselineModel =
    args.baselineModel === undefined ? undefined : await chosenBaseline(args.baselineModel);
  const selection = selectionOf(args);
  const jobs = jobsIn(args.jobs ?? 1);
  const progress = createProgress();
  const interrupt = stopOnInterrupt(() => progress.stop());
  const { report } = await analyze({
    paths: await findCaptures(args.capture),
    ...settings,
    ...(baselineModel === undefined ? {} : { baselineModel }),
    ...(model === undefined ? {} : { model, onNotice: writeNotice }),
    ...(args.fingerprints === undefined ? {} : { fingerprints: args.fingerprints }),
    ...(selection === null ? {} : { selection }),
    jobs,
    source: { noHash: !(args.hash ?? givesOutReport(args)) },
    onProgress: (state) => {
      tuneV8After(state.bytesRead);
      progress.update(state);
    },
    outputs: outputsOf(args, model !== undefined),
    signal: interrupt.signal,
    strict: args.strict,
    version: version(),
  }).finally(() => {
    progress.stop();
    interrupt.release();
  });

  return deliverReport(report, args, report.input.flatMap(inputNotices));
}

/** Only who keeps a report can ask later whether it is of a certain file. */
function givesOutReport(args: Arguments): boolean {
  return args.json === true || args.save || args.output !== undefined || args.html !== undefined;
}
