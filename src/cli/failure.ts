/** What a person sees when a command cannot do what was asked: one line, never a stack trace, and the exit code. */
import { EXIT, type ExitCode, LanscopeError } from '../bytes/error.ts';
import { unwritable } from '../bytes/unwritable.ts';
import { escapeForTerminal } from '../bytes/text.ts';
import { writeNotice } from './terminal.ts';

/** Tells a LanscopeError and gives its exit code. Anything else is a fault of ours and is thrown on. */
export function reportFailure(error: unknown): ExitCode {
  if (!(error instanceof LanscopeError)) throw error;
  // A wrong filter is shown with a caret below the place; all else is one line, whatever a file name holds.
  const lines =
    error.code === 'FILTER_INVALID' ? error.message.split('\n') : [sentence(error.message, error.hint)];
  writeNotice(lines[0]!);
  for (const line of lines.slice(1)) process.stderr.write(`${escapeForTerminal(line, 1000)}\n`);
  return error.exitCode;
}

/** What writing to a reader who is gone gives: a closed pipe, a terminal that was hung up. */
const NO_READER: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

/**
 * A reader that has seen enough (`| head`) closes the pipe: that ends the command and is no failure. The exit code
 * stays what it was going to be. A full disk is one.
 */
export function endOnBrokenOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (NO_READER.includes(error.code)) process.exit(process.exitCode ?? EXIT.ok);
    if (error.code === undefined) throw error;
    process.exit(reportFailure(unwritable('standard output', error)));
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!NO_READER.includes(error.code)) throw error;
  });
}

function sentence(message: string, hint: string): string {
  if (hint === '') return message;
  return `${/[.?!]$/.test(message) ? message : `${message}.`} ${/[.?!]$/.test(hint) ? hint : `${hint}.`}`;
}
