/** `lanscope analyze`: captures in, a report out. */
import type { Argv } from 'yargs';
import type { ExitCode } from '../../bytes/error.ts';
import { SEVERITIES } from '../../detect/finding.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import type { Output } from '../../engine/output.ts';
import { EventFile } from '../../report/events/events.ts';
import { inputNotices } from '../../report/terminal/notices.ts';
import { ZeekLogs } from '../../report/zeek/logs.ts';
import { tuneV8After } from '../../launch/v8-flags.ts';
import { requireWritable } from '../../store/atomic-file.ts';
import { deliverReport } from '../deliver-report.ts';
import { detectOptions, detectSettings } from '../detect-options.ts';
import { jobsIn } from '../jobs-argument.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { createProgress } from '../progress.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { chosenBaseline, chosenModel, modelOption } from '../model-option.ts';
import { dbOption, requireSaveWithDb } from '../store-option.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { writeNotice } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return selectionOptions(
    dbOption(
      modelOption(detectOptions(yargs))
        .positional('capture', {
          type: 'string',
          array: true,
          coerce: (paths: string[]) => paths.map(restoreStdin),
          demandOption: true,
          describe: 'pcap, pcapng or snoop, also compressed; a folder; a glob; - for standard input',
        })
        .option('baseline-model', {
          type: 'string',
          describe: 'Say what is unusual beside this file of `lanscope baseline`',
          requiresArg: true,
        })
        .option('output', {
          alias: 'o',
          type: 'string',
          describe: 'Write the report (JSON) to this file',
          requiresArg: true,
        })
        .option('json', {
          type: 'boolean',
          describe: 'Print the report as JSON instead of tables',
        })
        .option('quiet', {
          alias: 'q',
          type: 'boolean',
          describe: 'Print nothing but errors',
        })
        .option('fail-on', {
          choices: SEVERITIES,
          describe: 'Exit with 1 if there is a finding of this severity or above',
          requiresArg: true,
        })
        .option('strict', {
          type: 'boolean',
          default: false,
          describe: 'Take damage in a capture as an error',
        })
        .option('fingerprints', {
          type: 'string',
          describe: 'Folder of facts (.tsv) to recognise devices by, beside the built-in ones',
          requiresArg: true,
        })
        .option('hash', {
          type: 'boolean',
          describe: 'Compute the SHA-256 of each input [default: when the report is given out or saved]',
        })
        .option('jobs', {
          alias: 'j',
          type: 'number',
          describe: 'Threads: from 2 on one reads and one learns, with the same report [default: 1]',
          requiresArg: true,
        })
        .option('zeek-logs', {
          type: 'string',
          describe: "Write Zeek's logs (conn.log, dns.log, …) into this folder",
          requiresArg: true,
        })
        .option('zeek-json', { type: 'boolean', implies: 'zeek-logs', describe: 'Those logs as JSON lines' })
        .option('events', {
          type: 'string',
          describe: 'Write flows, messages, devices and findings as NDJSON',
          requiresArg: true,
        })
        .option('html', { type: 'string', describe: 'Write the report as a page of HTML', requiresArg: true })
        .option('save', {
          type: 'boolean',
          default: false,
          describe: 'Remember devices and findings in the store',
        })
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
        .example('zcat big.pcap.gz | lanscope analyze - --json | jq .totals', 'in a pipeline'),
    ),
  );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  requireSaveWithDb(args);
  for (const path of [args.output, args.html, args.events])
    if (path !== undefined) await requireWritable(path);
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

function outputsOf(args: Arguments, isScored: boolean): Output[] {
  const outputs: Output[] = [];
  if (args.zeekLogs !== undefined) {
    outputs.push(new ZeekLogs(args.zeekLogs, args.zeekJson ? 'json' : 'tsv', isScored));
  }
  if (args.events !== undefined) outputs.push(new EventFile(args.events));
  return outputs;
}
