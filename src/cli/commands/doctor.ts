/** `lanscope doctor`: what live mode needs here, and the command for what is missing. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { escapeForTerminal } from '../../bytes/text.ts';
import { makeStyle } from '../../report/terminal/style.ts';
import { type Check, MARK } from '../../serve/doctor/check.ts';
import { diagnose } from '../../serve/doctor/doctor.ts';
import { thisMachine } from '../../serve/doctor/machine.ts';
import { hasColor, writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return yargs
    .option('interface', {
      alias: 'i',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'Also look at this interface (repeatable)',
      requiresArg: true,
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
    .epilogue('Exit code 0: live mode works; 1: something that it needs is missing.');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const diagnosis = diagnose(args.interface, thisMachine());
  const { checks, backends, ok } = diagnosis;
  if (args.json) await writeResult(`${JSON.stringify(diagnosis, null, 2)}\n`);
  else {
    const lines = checks.flatMap(checkLines);
    const verdict = ok
      ? `Live mode works here: ${backends.join(' and ')}.`
      : backends.length === 0
        ? 'Live mode cannot capture here: neither backend has what it needs.'
        : 'Live mode works, but not on these interfaces.';
    await writeResult(`${lines.join('\n')}\n\n${verdict}\n`);
  }
  return ok ? EXIT.ok : EXIT.no;
}

const NAME = 26;

function checkLines({ name, state, found, fix }: Check): string[] {
  const { dim, good, severity } = makeStyle(hasColor());
  const mark =
    state === 'ok'
      ? good(MARK.ok)
      : state === 'note'
        ? MARK.note
        : severity(state === 'missing' ? 'high' : 'medium', MARK[state]);
  const line = `${mark} ${name.padEnd(NAME)} ${escapeForTerminal(found, 200)}`;
  return fix === '' ? [line] : [line, `${' '.repeat(NAME + 3)}${dim(`→ ${escapeForTerminal(fix, 300)}`)}`];
}
