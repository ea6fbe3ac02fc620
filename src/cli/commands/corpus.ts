/** `lanscope corpus`: sets of captures with what is known of them. One file an action in `../corpus`. */
import type { Argv } from 'yargs';
import { type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { SEVERITIES } from '../../detect/finding.ts';
import { runOptions } from '../corpus/run-options.ts';

const ACTIONS = ['list', 'fetch', 'run', 'record', 'score'] as const;

export function options(yargs: Argv) {
  return runOptions(
    yargs
      .positional('action', {
        choices: ACTIONS,
        demandOption: true,
        describe: 'What to do',
      })
      .positional('corpus', { type: 'string', describe: 'Name of a corpus, or path of its manifest' })
      .option('from', {
        type: 'string',
        describe: 'Folder that holds the captures, instead of where they are fetched to',
        requiresArg: true,
      })
      .option('golden', {
        type: 'string',
        describe: 'Folder of golden reports, instead of the one beside the manifest',
        requiresArg: true,
      })
      .option('to', {
        type: 'string',
        describe: 'fetch: folder for the files; below XDG_DATA_HOME if absent',
        requiresArg: true,
      })
      .option('mirror', {
        type: 'string',
        describe: 'fetch: address to fetch from instead of that of the manifest',
        requiresArg: true,
      })
      .option('part', {
        choices: ['all', 'captures', 'labels'] as const,
        default: 'all' as const,
        describe: 'fetch: what of each case',
        requiresArg: true,
      })
      .option('threshold', {
        choices: SEVERITIES,
        default: 'medium' as const,
        describe: 'score: findings from this severity on call a connection malicious',
        requiresArg: true,
      })
      .option('model', {
        type: 'string',
        default: 'default',
        describe: 'score: model to compare with the rules: an ONNX file, default, or none',
        requiresArg: true,
      })
      .option('identity', {
        type: 'string',
        describe: 'score: judge identities by this labels.json instead',
        requiresArg: true,
      })
      .option('detections', {
        type: 'string',
        array: true,
        describe: 'score: judge findings by these truth files, or by those of the corpus',
      })
      .option('benign', {
        type: 'string',
        array: true,
        default: [] as string[],
        describe: 'score: captures in which nothing hostile happens (files or folders)',
        requiresArg: true,
      })
      .option('max-false-alarms', {
        type: 'number',
        coerce: shareArgument,
        describe: 'score: exit code 1 when more of the benign connections are called anything, e.g. 0.001',
        requiresArg: true,
      }),
  )
    .example('lanscope corpus list', 'which corpora there are; with a name, its cases')
    .example('lanscope corpus run bundled --jobs 2', 'exit code 1 when a report changed')
    .example('lanscope corpus fetch iot-23 --only 8-1', 'resumes where it was stopped')
    .example('lanscope corpus run iot-23 --only 8-1 --from captures/', 'captures that are here already')
    .example('lanscope corpus record bundled --only port-scan', 'accept what is reported now')
    .example(
      'lanscope corpus score iot-23 --from captures/',
      'precision and recall against labelled connections',
    )
    .example('lanscope corpus score --identity labels.json', 'how often brand, category and model are right')
    .example(
      'lanscope corpus score --detections lab/ --benign home.pcap',
      'attacks that were found and false alarms, by truth.json files',
    )
    .example(
      'lanscope corpus score --benign home.pcap --max-false-alarms 0.001',
      'false alarms of rules and model, by connection',
    )
    .epilogue('Exit codes: 0 all is as expected, 1 it is not, 2 bad usage or input, 3 the environment.');
}

function shareArgument(value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new LanscopeError('USAGE', '--max-false-alarms is a share from 0 to 1');
}

export type CorpusArguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: CorpusArguments): Promise<ExitCode> {
  const { run } = await LOAD[args.action]();
  return run(args);
}

const LOAD = {
  list: () => import('../corpus/list.ts'),
  fetch: () => import('../corpus/fetch.ts'),
  run: () => import('../corpus/run.ts'),
  record: () => import('../corpus/record.ts'),
  score: () => import('../corpus/score.ts'),
} as const satisfies Record<(typeof ACTIONS)[number], () => Promise<{ run(args: never): Promise<ExitCode> }>>;

/** The corpus that an action needs. USAGE. */
export function requireCorpus({ action, corpus }: CorpusArguments): string {
  if (corpus !== undefined) return corpus;
  throw new LanscopeError(
    'USAGE',
    `corpus ${action} needs a corpus`,
    '`lanscope corpus list` shows which there are',
  );
}
