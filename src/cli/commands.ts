/** The commands, in the order in which help shows them. */
import type { Argv } from 'yargs';
import type { ExitCode } from '../bytes/error.ts';

/** A command's module: its options, and the call. `run` gets what `options` declares. */
export interface CommandModule {
  options(yargs: Argv): Argv;
  run(args: never): Promise<ExitCode>;
}

export interface CommandEntry {
  /** Name and positional arguments in yargs' notation. */
  readonly command: string;
  readonly describe: string;
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    command: 'analyze <capture..>',
    describe: 'Read captures (files, folders, globs, - for standard input) and report',
    load: () => import('./commands/analyze.ts'),
  },
  {
    command: 'live',
    describe: 'Capture on network interfaces until Ctrl-C, and report',
    load: () => import('./commands/live.ts'),
  },
  {
    command: 'flows <capture..>',
    describe: 'List the connections of captures: the largest, longest or first',
    load: () => import('./commands/flows.ts'),
  },
  {
    command: 'diff <a> <b>',
    describe: 'Say what changed between two reports or captures; exit code 1 when something did',
    load: () => import('./commands/diff.ts'),
  },
  {
    command: 'verify <report> <capture..>',
    describe: 'Analyze captures again and compare with the digest of a report',
    load: () => import('./commands/verify.ts'),
  },
  {
    command: 'replay <capture..>',
    describe: 'Analyze captures as if they came now: at their own speed, N times it, or as fast as it goes',
    load: () => import('./commands/replay.ts'),
  },
  {
    command: 'test <folder>',
    describe: 'Run the cases of a folder: captures with golden reports and expectations',
    load: () => import('./commands/test.ts'),
  },
  {
    command: 'mud <action> <file..>',
    describe:
      'What a device may do, as a MUD file (RFC 8520): learn it from captures, check captures against it',
    load: () => import('./commands/mud.ts'),
  },
  {
    command: 'corpus <action> [corpus]',
    describe: 'Sets of captures: list, fetch, run against golden reports, record those, score against labels',
    load: () => import('./commands/corpus.ts'),
  },
  {
    command: 'baseline <capture..>',
    describe: 'Learn what is usual in a network, for `analyze --baseline-model`',
    load: () => import('./commands/baseline.ts'),
  },
  {
    command: 'features [input..]',
    describe: 'Write what a model sees of each flow, as CSV or Parquet, with labels for training',
    load: () => import('./commands/features.ts'),
  },
  {
    command: 'list',
    describe: 'List the devices of the store or of a report',
    load: () => import('./commands/list.ts'),
  },
  {
    command: 'device <query>',
    describe: 'Show all that is known of one device: by MAC address, name or IP address',
    load: () => import('./commands/device.ts'),
  },
  {
    command: 'alerts',
    describe: 'List the findings of the store or of a report',
    load: () => import('./commands/alerts.ts'),
  },
  {
    command: 'export',
    describe: 'Write devices or findings of the store or of a report as JSON or CSV',
    load: () => import('./commands/export.ts'),
  },
  {
    command: 'interfaces',
    describe: 'List the network interfaces that can be captured on',
    load: () => import('./commands/interfaces.ts'),
  },
  {
    command: 'doctor',
    describe: 'Say what live capture needs on this machine, and the command for what is missing',
    load: () => import('./commands/doctor.ts'),
  },
];
