/** What was wrong with the arguments, in this program's words: yargs speaks of "arguments" whatever it was. */
import { LanscopeError } from '../bytes/error.ts';
import type { CommandEntry } from './commands.ts';

/** The error for a message of yargs. `called` is the command, if `name` is one. */
export function usageError(
  message: string,
  argv: readonly string[],
  name: string | undefined,
  called: CommandEntry | undefined,
  isKnown: (option: string) => boolean,
): LanscopeError {
  const said = message.trim().replace(/\s*\n\s*/g, ' ');
  if (called === undefined) {
    if (name === undefined)
      return new LanscopeError('USAGE', reworded(said, argv, ''), 'See `lanscope --help`');
    const suggestion = said.startsWith('Did you mean') ? said : 'See `lanscope --help`';
    return new LanscopeError('USAGE', `unknown command '${name}'`, suggestion);
  }
  // An unknown option takes the next argument as its value, which is then what seems to be missing.
  const taker = said.startsWith('Not enough non-option')
    ? argv.find((argument) => argument.startsWith('--') && !isKnown(/^--(?:no-)?([^=]*)/.exec(argument)![1]!))
    : undefined;
  return new LanscopeError(
    'USAGE',
    taker === undefined ? reworded(said, argv, called.command) : `unknown option ${withoutValue(taker)}`,
    `See \`lanscope ${called.command.split(' ')[0]} --help\``,
  );
}

function reworded(said: string, argv: readonly string[], command: string): string {
  for (const [pattern, reword] of WORDS) {
    const match = pattern.exec(said);
    if (match !== null) return reword(match[1] ?? '', match[2] ?? '', argv, command);
  }
  return said;
}

type Reword = (first: string, second: string, argv: readonly string[], command: string) => string;

const WORDS: readonly (readonly [RegExp, Reword])[] = [
  [/^Not enough non-option arguments: got (\d+)/, (got, _, __, command) => missing(Number(got), command)],
  [/^Unknown (?:argument|command)s?: (.*)$/, (names, _, argv) => unknown(names.split(', '), argv)],
  [
    /^Arguments (\S+) and (\S+) are mutually exclusive/,
    (a, b) => `${dashed(a)} and ${dashed(b)} exclude each other`,
  ],
  [/^Missing dependent arguments: (\S+) -> (\S+)/, (a, b) => `${dashed(a)} needs ${dashed(b)}`],
  [
    /^Missing required arguments?: (.*)$/,
    (names) => `${names.split(', ').map(dashed).join(', ')} is missing`,
  ],
  [/^Not enough arguments following: (\S+)/, (name) => `${dashed(name)} needs a value`],
  [
    /^Invalid values: Argument: (\S+), Given: (.*)$/,
    (name, rest) => `${dashed(name)} cannot be ${rest.replace(', Choices: ', '; choose from ')}`,
  ],
];

function missing(got: number, command: string): string {
  const required = [...command.matchAll(/<([^.>]+)/g)].map((match) => match[1]!);
  const names = required.slice(Math.min(got, required.length - 1)).map((name) => `<${name}>`);
  return `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} missing: lanscope ${command.replaceAll('..', '…')}`;
}

/** Yargs names an option with dashes twice, the second time in camel case. */
function unknown(names: readonly string[], argv: readonly string[]): string {
  const options = names.flatMap((name) => argv.find((argument) => isOption(argument, name)) ?? []);
  if (options.length > 0) return `unknown option ${[...new Set(options.map(withoutValue))].join(', ')}`;
  return `unexpected argument ${names.map((text) => `'${text}'`).join(', ')}`;
}

function isOption(argument: string, name: string): boolean {
  const long = /^--(?:no-)?([^=]+)/.exec(argument)?.[1];
  return long === name || (name.length === 1 && /^-[^-]/.test(argument) && argument.includes(name));
}

function withoutValue(option: string): string {
  return option.split('=')[0]!;
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
