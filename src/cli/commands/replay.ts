/** `lanscope replay`: captures as if they came now, seen as `live` shows them, with the report of `analyze`. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { openCaptures } from '../../capture/open.ts';
import { SEVERITIES } from '../../detect/finding.ts';
import { readConfig } from '../../engine/config.ts';
import type { Output } from '../../engine/output.ts';
import { paceSource } from '../../harness/replay/paced-source.ts';
import { reportChunks } from '../../report/canonical.ts';
import { EventFile } from '../../report/events/events.ts';
import { countAtLeast } from '../../report/fail-on.ts';
import { formatPlural } from '../../report/quantity.ts';
import { renderReport } from '../../report/terminal/render.ts';
import { createLiveLog } from '../../serve/live-log.ts';
import { runLive } from '../../serve/live.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { hasColor, terminalWidth, writeNotice, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

/** Rows on the terminal; the report has all. */
const MAX_DEVICES = 60;
const MAX_FINDINGS = 40;
const MAX_SPEED = 1e6;

export function options(yargs: Argv) {
  return selectionOptions(
    yargs
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
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        describe: 'Write the report (JSON) to this file',
        requiresArg: true,
      })
      .option('events', {
        type: 'string',
        describe: 'Write flows, messages, devices and findings as NDJSON, as they come',
        requiresArg: true,
      })
      .option('json', { type: 'boolean', describe: 'Print the report as JSON instead of tables' })
      .option('quiet', { alias: 'q', type: 'boolean', describe: 'Print nothing but errors' })
      .option('fail-on', {
        choices: SEVERITIES,
        describe: 'Exit with 1 if there is a finding of this severity or above',
        requiresArg: true,
      })
      .option('config', { type: 'string', describe: 'Thresholds and limits (JSON)', requiresArg: true })
      .example('lanscope replay lan.pcap --speed 60', 'an hour in a minute')
      .example('lanscope replay lan.pcap -i veth0 --rate 1000', 'onto a wire')
      .epilogue('The report is that of analyze, at any speed. Nothing is sent without --interface.'),
  );
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
  for (const path of [args.output, args.events]) if (path !== undefined) await requireWritable(path);
  const config = args.config === undefined ? undefined : await readConfig(args.config);
  const selection = selectionOf(args);
  const outputs: Output[] = args.events === undefined ? [] : [new EventFile(args.events)];
  const source = paceSource(openCaptures(await findCaptures(args.capture)), speed);
  const log = createLiveLog(process.stderr);
  const interrupt = stopOnInterrupt(() => log.stop());
  const report = await runLive({
    ...(config === undefined ? {} : { config }),
    ...(selection === null ? {} : { selection }),
    source,
    outputs,
    signal: interrupt.signal,
    now: () => source.now(),
    isComplete: () => source.isComplete || !interrupt.signal.aborted,
    ...(args.quiet ? {} : { onStatus: (status) => log.status(status) }),
    version: version(),
  }).finally(() => {
    log.stop();
    interrupt.release();
  });

  if (args.output !== undefined) await writeFileAtomically(args.output, reportChunks(report));
  if (args.json) await writeResult(reportChunks(report));
  else if (!args.quiet) {
    const limits = { maxDevices: MAX_DEVICES, maxFindings: MAX_FINDINGS };
    await writeResult(renderReport(report, { width: terminalWidth(), color: hasColor(), ...limits }));
  }
  const failing = args.failOn === undefined ? 0 : countAtLeast(report, args.failOn);
  if (failing === 0) return EXIT.ok;
  if (!args.quiet)
    writeNotice(`${formatPlural(failing, 'finding')} of severity ${args.failOn} or above (--fail-on)`);
  return EXIT.no;
}

function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (speed > 0 && speed <= MAX_SPEED) return speed;
  throw new LanscopeError('USAGE', `--speed ${text} is neither max nor a number from 0 to ${MAX_SPEED}`);
}
