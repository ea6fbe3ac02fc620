/** `lanscope baseline`: learns what is usual, without labels. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import type { Output } from '../../engine/output.ts';
import { baselineBytes, type Histories } from '../../model/baseline/baseline-file.ts';
import { LEAST_ROWS } from '../../model/baseline/history.ts';
import { BaselineLearner } from '../../model/baseline/learn.ts';
import { formatPlural } from '../../report/quantity.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { createProgress } from '../progress.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { writeNotice } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .positional('capture', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'Captures of the network as it usually is, as for analyze',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      demandOption: true,
      describe: 'File for what was learned (ONNX)',
      requiresArg: true,
    })
    .example('lanscope baseline week.pcap -o usual.onnx', 'learn')
    .example('lanscope analyze today.pcap --baseline-model usual.onnx', 'compare')
    .epilogue(
      'An isolation forest of flows and of hours, of the network and of each device with enough of its own. The file is an ONNX model: other programs can score with it.',
    );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  await requireWritable(args.output);
  let learner: BaselineLearner | null = null;
  const output: Output = {
    begin: (flows, devices) => {
      learner = new BaselineLearner(flows, devices);
    },
    flowEnd: (slot) => learner!.flowEnd(slot),
    end: () => Promise.resolve(),
  };
  const selection = selectionOf(args);
  const progress = createProgress();
  await analyze({
    paths: await findCaptures(args.capture),
    source: { noHash: true },
    ...(selection === null ? {} : { selection }),
    outputs: [output],
    onProgress: (state) => progress.update(state),
    version: version(),
  }).finally(() => progress.stop());
  const model = learner!.conclude();
  if (model.flows.network === null) {
    throw new LanscopeError('INPUT_EMPTY', `there are fewer than ${LEAST_ROWS} flows to learn from`);
  }
  await writeFileAtomically(args.output, baselineBytes(model));
  writeNotice(
    `flows: ${learned(model.flows, 'flow')}; hours: ${learned(model.hours, 'whole hour')}: ${args.output}`,
  );
  return EXIT.ok;
}

function learned({ network, devices }: Histories, what: string): string {
  if (network === null) return `fewer than ${LEAST_ROWS} ${what}s of devices, nothing was learned`;
  const own = Object.keys(devices).length;
  return `${formatPlural(network.rows, what)}, ${formatPlural(own, 'device')} with a history of its own`;
}
