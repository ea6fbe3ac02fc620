/** `lanscope alerts`: the findings that are remembered. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { SEVERITIES } from '../../detect/finding.ts';
import { severityRank } from '../../report/finding-order.ts';
import { formatPlural } from '../../report/quantity.ts';
import { renderFindings } from '../../report/terminal/findings.ts';
import { makeStyle } from '../../report/terminal/style.ts';
import { memoryOptions, readMemory } from '../store-option.ts';
import { hasColor, terminalWidth, writeData, writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return memoryOptions(yargs)
    .option('severity', {
      choices: SEVERITIES,
      default: 'info' as const,
      describe: 'This severity and above',
      requiresArg: true,
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print a JSON array' });
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const { findings } = await readMemory(args);
  const chosen = findings.filter(({ severity }) => severityRank(severity) >= severityRank(args.severity));
  if (args.json) await writeData(`${JSON.stringify(chosen, null, 2)}\n`);
  else if (chosen.length === 0) await writeResult('No findings.\n');
  else {
    const style = makeStyle(hasColor());
    const table = renderFindings(chosen, terminalWidth(), style);
    await writeResult(`${style.bold(formatPlural(chosen.length, 'finding'))}\n${table}\n`);
  }
  return EXIT.ok;
}
