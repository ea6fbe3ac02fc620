/** `lanscope replay`: captures as if they came now, seen as `live` shows them, with the report of `analyze`. */
import { basename } from 'node:path';
import type { Argv } from 'yargs';
import { type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { openCaptures } from '../../capture/open.ts';
import { paceSource } from '../../harness/replay/paced-source.ts';
import { runLive } from '../../serve/live.ts';
import { deliverReport } from '../deliver-report.ts';
import { detectOptions, detectSettings } from '../detect-options.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { openDisplay } from '../live-display.ts';
import { chosenModel, modelOption } from '../model-option.ts';
import { eventsOption, outputsOf, requireWritableOutputs } from '../output-options.ts';
import { answerOptions, outputOption } from '../report-options.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { version } from '../version.ts';

const MAX_SPEED = 1e6;

export function options(yargs: Argv) {
  const sending = detectOptions(modelOption(yargs))
    .positional('capture', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'Captures, as for analyze; several are one, in time order',
    })
    .option('speed', {
      type: 'string',
      default: '1',
      describe: 'How many times as fast as it was, or max',
      requiresArg: true,
    })
    .option('interface', {
      alias: 'i',
      type: 'string',
      describe: 'Send the frames on this interface instead of analyzing them',
      requiresArg: true,
    })
    .option('loop', { type: 'number', default: 1, describe: 'With -i: passes', requiresArg: true })
    .option('rate', { type: 'number', describe: 'With -i: frames a second', requiresArg: true })
    .option('map-mac', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'With -i: FROM=TO, in Ethernet headers, ARP and neighbor discovery (repeatable)',
      requiresArg: true,
    })
    .option('map-ip', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'With -i: FROM=TO, addresses or networks, in IP headers and ARP (repeatable)',
      requiresArg: true,
    })
    .option('yes', {
      type: 'boolean',
      default: false,
      describe: 'With -i: also where others than this machine may hear it',
    });
  const watching = eventsOption(outputOption(sending)).option('headless', {
    type: 'boolean',
    default: false,
    describe: 'Lines instead of the terminal view',
  });
  return selectionOptions(answerOptions(watching))
    .example('lanscope replay lan.pcap --speed 60', 'an hour in a minute')
    .example('lanscope replay lan.pcap -i veth0 --rate 1000', 'onto a wire')
    .epilogue('The report is that of analyze, at any speed. Nothing is sent without --interface.');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const speed = speedOf(args.speed);
  if (args.interface !== undefined) {
    const { replayOnWire } = await import('../replay-on-wire.ts');
    const quiet = args.quiet ?? false;
    return replayOnWire(await findCaptures(args.capture), {
      ...args,
      interface: args.interface,
      speed,
      rate: args.rate,
      quiet,
    });
  }
  await requireWritableOutputs(args);
  const settings = await detectSettings(args);
  const model = await chosenModel(args.model);
  const selection = selectionOf(args);
  const outputs = outputsOf(args, model !== undefined);
  const source = paceSource(openCaptures(await findCaptures(args.capture)), speed);
  const { quiet = false, headless } = args;
  const display = await openDisplay({
    title: `${args.capture.map((path) => basename(path)).join(', ')}, speed ${args.speed}`,
    quiet,
    headless,
    onQuit: () => interrupt.interrupt(),
  });
  const interrupt = stopOnInterrupt(() => display.stop());
  try {
    display.begin();
    const report = await runLive({
      ...settings,
      ...(selection === null ? {} : { selection }),
      ...(model === undefined ? {} : { model, onNotice: display.say }),
      source,
      outputs,
      signal: interrupt.signal,
      now: () => source.now(),
      isComplete: () => source.isComplete || !interrupt.signal.aborted,
      probes: [display.probe],
      ...(display.onStatus === undefined ? {} : { onStatus: display.onStatus }),
      version: version(),
    });
    if (!interrupt.signal.aborted) await display.linger();
    display.stop();
    return await deliverReport(report, args);
  } finally {
    display.stop();
    interrupt.release();
  }
}

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (speed > 0 && speed <= MAX_SPEED) return speed;
  throw new LanscopeError('USAGE', `--speed ${text} is neither max nor a number from 0 to ${MAX_SPEED}`);
}
