/** `lanscope mud`: what a device may do, as a MUD file (RFC 8520). One file an action in `../mud`. */
import type { Argv } from 'yargs';
import type { ExitCode } from '../../bytes/error.ts';
import { selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';

const ACTIONS = ['learn', 'check', 'diff'] as const;

export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .positional('action', { choices: ACTIONS, demandOption: true, describe: 'What to do' })
    .positional('file', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'learn, check: captures; diff: two profiles',
    })
    .option('device', {
      type: 'string',
      describe: 'The device, by MAC address, name or IP address; may be left out when there is but one',
      requiresArg: true,
    })
    .option('profile', { type: 'string', describe: 'check: the MUD file', requiresArg: true })
    .option('controller', {
      type: 'string',
      array: true,
      describe: 'check: addresses of a class that the profile names, as CLASS=ADDRESS',
      requiresArg: true,
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      describe: 'learn: write it to this file',
      requiresArg: true,
    })
    .option('url', {
      type: 'string',
      describe: 'learn: where the file will be served (mud-url)',
      requiresArg: true,
    })
    .option('config', { type: 'string', describe: 'Configuration file, JSON', requiresArg: true })
    .option('json', { type: 'boolean', describe: 'check, diff: print JSON' })
    .example('lanscope mud learn week.pcap --device plug -o plug.mud.json', 'what the plug did in a week')
    .example('lanscope mud check today.pcap --profile plug.mud.json --device plug', 'and nothing else, today')
    .example('lanscope mud diff plug-1.0.mud.json plug-1.1.mud.json', 'what a new firmware does')
    .epilogue(
      'Exit codes: 0 the device keeps to its profile (the profiles allow the same), 1 not, 2 bad usage or input. What others tried and the device did not answer is told and alone no reason for 1: it is their doing.',
    );
}

export type MudArguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: MudArguments): Promise<ExitCode> {
  const { run } = await LOAD[args.action]();
  return run(args);
}

const LOAD = {
  learn: () => import('../mud/learn.ts'),
  check: () => import('../mud/check.ts'),
  diff: () => import('../mud/diff.ts'),
};
