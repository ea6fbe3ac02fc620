/** What `deliver-report.ts` goes by. One option or a few each, as commands show others between them. */
import type { Argv } from 'yargs';
import { SEVERITIES } from '../detect/finding.ts';

export function outputOption<T>(yargs: Argv<T>) {
  return yargs.option('output', {
    alias: 'o',
    type: 'string',
    describe: 'Write the report (JSON) to this file',
    requiresArg: true,
  });
}

export function htmlOption<T>(yargs: Argv<T>) {
  return yargs.option('html', {
    type: 'string',
    describe: 'Write the report as a page of HTML',
    requiresArg: true,
  });
}

/** What is printed, and the exit code. */
export function answerOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('json', { type: 'boolean', describe: 'Print the report as JSON instead of tables' })
    .option('quiet', { alias: 'q', type: 'boolean', describe: 'Print nothing but errors' })
    .option('fail-on', {
      choices: SEVERITIES,
      describe: 'Exit with 1 if there is a finding of this severity or above',
      requiresArg: true,
    });
}
