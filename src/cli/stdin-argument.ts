/**
 * `-` stands for standard input, but yargs drops it from positional arguments. So it travels as a text that no real
 * argument can be, since the system ends arguments at a NUL.
 */
const STAND_IN = '\0stdin';

export function protectStdin(argv: readonly string[]): string[] {
  return argv.map((argument) => (argument === '-' ? STAND_IN : argument));
}

/** For `coerce` of a positional argument. */
export function restoreStdin(argument: string): string {
  return argument === STAND_IN ? '-' : argument;
}
