/** `lanscope flows`: the connections of captures. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import { flowsCsv } from '../../report/csv.ts';
import { FLOW_SORTS, TopFlows } from '../../report/flows.ts';
import { formatPlural } from '../../report/quantity.ts';
import { renderFlows } from '../../report/terminal/flows.ts';
import { makeStyle } from '../../report/terminal/style.ts';
import { createProgress } from '../progress.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { hasColor, terminalWidth, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .positional('capture', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'Captures, as for analyze',
    })
    .option('top', { type: 'number', default: 50, describe: 'This many flows', requiresArg: true })
    .option('sort', {
      choices: FLOW_SORTS,
      default: 'bytes' as const,
      describe: 'Which come first',
      requiresArg: true,
    })
    .option('csv', { type: 'boolean', describe: 'Print CSV' })
    .option('json', { type: 'boolean', describe: 'Print a JSON array' })
    .conflicts('csv', 'json')
    .example('lanscope flows lan.pcap --filter "tcp port 443" --sort duration', 'the longest TLS connections')
    .epilogue('All flows, without a bound: `lanscope analyze --zeek-logs DIR` or `--events FILE`.');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  if (!(Number.isSafeInteger(args.top) && args.top > 0)) {
    throw new LanscopeError('USAGE', '--top must be a whole number above 0');
  }
  const selection = selectionOf(args);
  const flows = new TopFlows(args.top, args.sort);
  const progress = createProgress();
  await analyze({
    paths: await findCaptures(args.capture),
    ...(selection === null ? {} : { selection }),
    outputs: [{ flowEnd: (slot, table) => flows.flowEnd(slot, table), end: () => Promise.resolve() }],
    onProgress: (state) => progress.update(state),
    version: version(),
  }).finally(() => progress.stop());
  const rows = flows.rows();
  if (args.json) await writeResult(`${JSON.stringify(rows, null, 2)}\n`);
  else if (args.csv) await writeResult(flowsCsv(rows));
  else {
    const style = makeStyle(hasColor());
    const shown = rows.length < flows.seen ? `, ${rows.length} shown` : '';
    const table = rows.length === 0 ? '' : `${renderFlows(rows, terminalWidth(), style)}\n`;
    await writeResult(`${style.bold(formatPlural(flows.seen, 'flow'))}${shown}\n${table}`);
  }
  return EXIT.ok;
}
