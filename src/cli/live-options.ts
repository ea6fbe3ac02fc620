/** The options of `lanscope live`. */
import type { Argv } from 'yargs';
import { LanscopeError } from '../bytes/error.ts';
import { BACKEND_CHOICES } from '../capture/live/live-source.ts';
import { MODES } from '../serve/vantage.ts';
import { detectOptions } from './detect-options.ts';
import { fingerprintsOption } from './fingerprints-option.ts';
import { eventsOption, zeekOptions } from './output-options.ts';
import { parseBytes, parseSeconds } from './quantity-argument.ts';
import { answerOptions, htmlOption, outputOption } from './report-options.ts';
import { selectionOptions } from './selection.ts';
import { saveOptions } from './store-option.ts';

/** Through libpcap about a thousand packets, since it keeps room for the largest segment in the place of each. */
const DEFAULT_BUFFER_MIB = 64;
const MAX_BUFFER_MIB = 1024;

export function liveOptions(yargs: Argv) {
  return selectionOptions(
    saveOptions(
      resultOptions(
        recordOptions(
          detectOptions(yargs)
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
            .option('backend', {
              choices: BACKEND_CHOICES,
              default: 'auto' as const,
              describe: 'What captures; auto: eBPF where it can be had, else libpcap',
              requiresArg: true,
            })
            .option('duration', {
              type: 'string',
              describe: 'End after this time: 90, 5m, 1h',
              requiresArg: true,
            })
            .option('buffer', {
              type: 'number',
              default: DEFAULT_BUFFER_MIB,
              describe:
                'MiB in which packets wait in the kernel: for all interfaces through eBPF, up to twice that for each through libpcap',
              requiresArg: true,
            })
            .option('offload', {
              type: 'boolean',
              describe:
                'Count in the kernel what follows the first 16 packets or 16 KiB of each direction of a flow (eBPF)',
            })
            .conflicts('offload', ['filter', 'since', 'until', 'limit'])
            .option('headless', {
              type: 'boolean',
              default: false,
              describe: 'Lines instead of the terminal view',
            })
            .option('user', {
              type: 'string',
              describe: 'Become this user when packets come (as root)',
              requiresArg: true,
            })
            .option('keep-privileges', {
              type: 'boolean',

              describe: 'Do not drop what is not needed any more when packets come',
            })
            .conflicts('keep-privileges', 'user')
            .option('metrics', {
              type: 'string',
              describe: 'Answer /metrics (Prometheus) and /healthz at this address: 127.0.0.1:9108',
              requiresArg: true,
            }),
        ),
      ),
    ),
  );
}

function recordOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('record', {
      type: 'string',
      describe: 'Also write what is captured to this file (pcapng)',
      requiresArg: true,
    })
    .option('record-size', {
      type: 'string',
      implies: 'record',
      describe: 'Begin the next file at this size: 100MB',
      requiresArg: true,
    })
    .option('record-every', {
      type: 'string',
      implies: 'record',
      describe: 'Begin the next file after this time: 1h',
      requiresArg: true,
    })
    .option('record-keep', {
      type: 'number',
      implies: 'record',
      describe: 'Keep so many of these files, the latest ones',
      requiresArg: true,
    });
}

function resultOptions<T>(yargs: Argv<T>) {
  const files = htmlOption(outputOption(yargs)).option('report-every', {
    type: 'string',
    describe: 'Write the report so far to these files every so often: 5m',
    requiresArg: true,
  });
  return fingerprintsOption(answerOptions(zeekOptions(eventsOption(files))));
}

export type LiveArguments = Awaited<ReturnType<typeof liveOptions>['argv']>;

/** The amounts among the options. */
export interface LiveAmounts {
  readonly duration: number | undefined;
  readonly reportEvery: number | undefined;
  readonly recordBytes: number | undefined;
  readonly recordEvery: number | undefined;
  readonly kernelBufferBytes: number;
}

/** USAGE when one makes no sense, or not with the others. */
export function amountsOf(args: LiveArguments): LiveAmounts {
  const { buffer, recordKeep, output, html } = args;
  if (!(buffer >= 1 && buffer <= MAX_BUFFER_MIB)) {
    throw new LanscopeError('USAGE', `--buffer must be from 1 to ${MAX_BUFFER_MIB} MiB`);
  }
  const amounts = {
    duration: parseSeconds('--duration', args.duration),
    reportEvery: parseSeconds('--report-every', args.reportEvery),
    recordBytes: parseBytes('--record-size', args.recordSize),
    recordEvery: parseSeconds('--record-every', args.recordEvery),
    kernelBufferBytes: Math.round(buffer * 1024 * 1024),
  };
  if (amounts.reportEvery !== undefined && output === undefined && html === undefined) {
    throw new LanscopeError('USAGE', '--report-every needs a file to write to: -o or --html');
  }
  if (recordKeep === undefined) return amounts;
  if (amounts.recordBytes === undefined && amounts.recordEvery === undefined) {
    throw new LanscopeError('USAGE', '--record-keep needs --record-size or --record-every');
  }
  if (!(Number.isInteger(recordKeep) && recordKeep >= 1)) {
    throw new LanscopeError('USAGE', '--record-keep must be a whole number of files from 1');
  }
  return amounts;
}
