/** `lanscope live`: interfaces in, a report out when it is ended. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { ANY_INTERFACE, listInterfaces } from '../../capture/live/interfaces.ts';
import { openLive } from '../../capture/live/live-source.ts';
import { SEVERITIES } from '../../detect/finding.ts';
import { readConfig } from '../../engine/config.ts';
import { reportChunks } from '../../report/canonical.ts';
import { countAtLeast } from '../../report/fail-on.ts';
import { formatPlural } from '../../report/quantity.ts';
import type { Report } from '../../report/schema.ts';
import { renderReport } from '../../report/terminal/render.ts';
import { createLiveLog } from '../../serve/live-log.ts';
import { type LiveStatus, runLive } from '../../serve/live.ts';
import { RecordFile } from '../../serve/record-file.ts';
import { MODES, MODE_NOTICE, Vantage } from '../../serve/vantage.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { stopOnInterrupt } from '../interrupt.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { dbOption, requireSaveWithDb, storePath } from '../store-option.ts';
import { hasColor, terminalWidth, writeData, writeNotice, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

/** Rows on the terminal; the report has all. */
const MAX_DEVICES = 60;
const MAX_FINDINGS = 40;

/** About a thousand packets: libpcap keeps room for the largest segment in the place of each. */
const DEFAULT_BUFFER_MIB = 64;
const MAX_BUFFER_MIB = 1024;

export function options(yargs: Argv) {
  return selectionOptions(
    dbOption(
      yargs
        .option('interface', {
          alias: 'i',
          type: 'string',
          array: true,
          nargs: 1,
          demandOption: true,
          describe: 'Interface to capture on; several with -i each (see `lanscope interfaces`)',
          requiresArg: true,
        })
        .option('mode', {
          choices: MODES,
          default: 'host' as const,
          describe: 'Where the interface stands: what can be seen there, checked against what arrives',
          requiresArg: true,
        })
        .option('duration', { type: 'number', describe: 'End after so many seconds', requiresArg: true })
        .option('record', {
          type: 'string',
          describe: 'Also write what is captured to this file (pcapng)',
          requiresArg: true,
        })
        .option('buffer', {
          type: 'number',
          default: DEFAULT_BUFFER_MIB,
          describe: 'MiB in which packets wait in the kernel; libpcap takes up to twice that, an interface',
          requiresArg: true,
        })
        .option('output', {
          alias: 'o',
          type: 'string',
          describe: 'Write the report (JSON) to this file',
          requiresArg: true,
        })
        .option('report-every', {
          type: 'number',
          implies: 'output',
          describe: 'Write the report so far to that file every so many seconds',
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
        .option('save', {
          type: 'boolean',
          default: false,
          describe: 'Remember devices and findings in the store',
        })
        .example('lanscope live -i eth0', 'until Ctrl-C, then the report')
        .example(
          'lanscope live -i eth1 --mode span --duration 3600 -o report.json --record hour.pcapng -q',
          'an hour at a mirror port',
        )
        .epilogue(
          'Times are those of arrival in lanscope, and packets that the kernel drops are not counted: libpcap through the package cap gives neither.',
        ),
    ),
  );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  requireSaveWithDb(args);
  requirePositive('--duration', args.duration);
  requirePositive('--report-every', args.reportEvery);
  if (!(args.buffer >= 1 && args.buffer <= MAX_BUFFER_MIB)) {
    throw new LanscopeError('USAGE', `--buffer must be from 1 to ${MAX_BUFFER_MIB} MiB`);
  }
  if (args.output !== undefined) await requireWritable(args.output);
  const config = args.config === undefined ? undefined : await readConfig(args.config);
  const selection = selectionOf(args);
  const report = await capture(args, {
    ...(config === undefined ? {} : { config }),
    ...(selection === null ? {} : { selection }),
  });

  if (args.output !== undefined) await writeFileAtomically(args.output, reportChunks(report));
  if (args.json) await writeData(reportChunks(report));
  else if (!args.quiet) {
    await writeResult(
      renderReport(report, {
        width: terminalWidth(),
        color: hasColor(),
        maxDevices: MAX_DEVICES,
        maxFindings: MAX_FINDINGS,
      }),
    );
  }
  if (args.save) {
    const { saveReport } = await import('../../store/store.ts');
    await saveReport(storePath(args), report, new Date().toISOString(), { onNotice: writeNotice });
  }
  const failing = args.failOn === undefined ? 0 : countAtLeast(report, args.failOn);
  if (failing === 0) return EXIT.ok;
  if (!args.quiet)
    writeNotice(`${formatPlural(failing, 'finding')} of severity ${args.failOn} or above (--fail-on)`);
  return EXIT.no;
}

async function capture(
  args: Arguments,
  chosen: Pick<Parameters<typeof runLive>[0], 'config' | 'selection'>,
): Promise<Report> {
  const { mode, output, duration } = args;
  const interfaces = [...new Set(args.interface)];
  const log = createLiveLog(process.stderr);
  const say = (text: string): void => {
    if (!args.quiet) log.line(`lanscope: ${text}`);
  };
  const isWatched = (name: string): boolean =>
    interfaces.includes(name) || interfaces.includes(ANY_INTERFACE);
  const vantage = new Vantage(listInterfaces().filter(({ name }) => isWatched(name)));
  const record =
    args.record === undefined
      ? null
      : await RecordFile.create(args.record, (error) => say(`${error.message}; recording ends`));
  const ended = new AbortController();
  const interrupt = stopOnInterrupt(() => log.stop());
  interrupt.signal.addEventListener('abort', () => ended.abort());
  let timer: NodeJS.Timeout | undefined;
  let judged = '';
  const source = openLive(interfaces, {
    kernelBufferBytes: Math.round(args.buffer * 1024 * 1024),
    onNotice: say,
    onOpen() {
      say(`capturing on ${interfaces.join(', ')} through libpcap; ${MODE_NOTICE[mode]}`);
      if (duration !== undefined) timer = setTimeout(() => ended.abort(), duration * 1000);
    },
    ...(record === null ? {} : { record: (bytes) => record.write(bytes) }),
  });
  const onStatus = (status: LiveStatus): void => {
    log.status(status);
    const doubt = vantage.judge(mode);
    if (doubt !== '' && judged === '') say((judged = doubt));
  };
  try {
    return await runLive({
      ...chosen,
      source,
      signal: ended.signal,
      onBatch: (batch) => vantage.add(batch),
      ...(args.quiet ? {} : { onStatus }),
      reportEverySeconds: args.reportEvery ?? 0,
      onReport: (report) => writeFileAtomically(output!, reportChunks(report)),
      version: version(),
    });
  } finally {
    clearTimeout(timer);
    log.stop();
    interrupt.release();
    await record?.close();
  }
}

/** Longest time that a timer of Node can wait. */
const MAX_SECONDS = 2_147_483;

function requirePositive(option: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && value <= MAX_SECONDS)) {
    throw new LanscopeError('USAGE', `${option} must be a number of seconds from 0 to ${MAX_SECONDS}`);
  }
}
