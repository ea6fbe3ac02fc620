/**
 * Reads the command line: which commands there are, and nothing of what they do. A command's module is loaded when
 * it is called, so that `--help` answers at once.
 */
import { EXIT, type ExitCode } from '../bytes/error.ts';
import { COMMANDS } from './commands.ts';
import { endOnBrokenOutput, reportFailure } from './failure.ts';
import { protectStdin } from './stdin-argument.ts';
import { usageError } from './usage-error.ts';
import { version } from './version.ts';

/** Runs the command that `argv` calls; its failures are told. */
export function run(argv: readonly string[]): Promise<ExitCode> {
  endOnBrokenOutput();
  return runCommand(argv).catch(reportFailure);
}

async function runCommand(argv: readonly string[]): Promise<ExitCode> {
  const name = argv.find((argument) => !argument.startsWith('-'));
  const called = COMMANDS.find(({ command }) => command.split(' ')[0] === name);
  const wantsHelp = argv.some((argument) => argument === '--help' || argument === '-h');
  const [{ default: yargs }, module] = await Promise.all([import('yargs'), called?.load()]);
  let parsed: object | null = null;
  const parser = yargs(protectStdin(argv))
    .scriptName('lanscope')
    .usage(
      'Usage: lanscope <command>\n\nReads network captures and says which devices are on the network, what each one is and how it knows, and what looks wrong. It is passive and works offline.',
    )
    .locale('en')
    .version(version())
    .alias({ help: 'h', version: 'V' })
    .strict()
    .demandCommand(1, 1, 'Say what to do, e.g. `lanscope analyze capture.pcap`')
    .recommendCommands()
    .exitProcess(false)
    .wrap(wantsHelp ? Math.min(100, process.stdout.columns ?? 100) : null)
    .example('lanscope analyze lan.pcapng', 'devices, findings and score on the terminal')
    .example('lanscope analyze captures/ -o report.json', 'all captures of a folder as one analysis')
    .example('tcpdump -w - | lanscope analyze -', 'read from a pipe; Ctrl-C ends and reports')
    .epilogue(
      'Exit codes: 0 done, 1 the answer is no (a gate failed, a difference was found), 2 bad usage or input, 3 the environment.\n`lanscope <command> --help` shows the options of a command.',
    )
    .fail((message: string | undefined, error: Error | undefined) => {
      // A YError is bad usage too; anything else that is thrown is no matter of arguments.
      if (error !== undefined && error !== null && error.name !== 'YError') throw error;
      const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions();
      throw usageError(
        message ?? error?.message ?? 'bad usage',
        argv,
        name,
        called,
        (option) => option === '' || option in key,
      );
    });
  for (const entry of COMMANDS) {
    parser.command(
      entry.command,
      entry.describe,
      (builder) => (entry === called && module !== undefined ? module.options(builder) : builder),
      (args) => {
        parsed = args;
      },
    );
  }
  if (!wantsHelp) withoutHelp(parser);
  await parser.parseAsync();
  return parsed === null || module === undefined ? EXIT.ok : module.run(parsed);
}

/** Yargs renders its help after every command, in case somebody asks for it later. Nobody does, and it takes 15 ms. */
function withoutHelp(parser: object): void {
  const internals = parser as {
    getInternalMethods?(): { getUsageInstance?(): { cacheHelpMessage?: () => void } };
  };
  const usage = internals.getInternalMethods?.().getUsageInstance?.();
  if (usage?.cacheHelpMessage !== undefined) usage.cacheHelpMessage = () => {};
}
