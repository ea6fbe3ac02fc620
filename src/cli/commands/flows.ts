/** `lanscope flows`: the connections of captures. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import { readConfig } from '../../engine/config.ts';
import type { FlowScore } from '../../engine/output.ts';
import type { Model } from '../../model/load.ts';
import type { Flows } from '../../flow/flows.ts';
import { flowsCsv, talkersCsv } from '../../report/csv.ts';
import { FLOW_SORTS, TopFlows } from '../../report/flows.ts';
import { formatCount, formatPlural } from '../../report/quantity.ts';
import { TALKER_SORTS, Talkers } from '../../report/talkers.ts';
import { renderFlows, renderTalkers } from '../../report/terminal/flows.ts';
import { makeStyle, type Style } from '../../report/terminal/style.ts';
import { chosenModel, modelOption } from '../model-option.ts';
import { createProgress } from '../progress.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { inputNotices } from '../../report/terminal/notices.ts';
import { hasColor, terminalWidth, writeData, writeNotice, writeResult } from '../terminal.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return selectionOptions(modelOption(yargs))
    .positional('capture', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'Captures, as for analyze',
    })
    .option('top', { type: 'number', default: 50, describe: 'This many rows', requiresArg: true })
    .option('by', {
      choices: ['flow', 'host'] as const,
      default: 'flow' as const,
      describe: 'What a row is: a flow, or a host with all of its flows',
      requiresArg: true,
    })
    .option('sort', {
      choices: FLOW_SORTS,
      default: 'bytes' as const,
      describe: 'Which come first',
      requiresArg: true,
    })
    .option('config', { type: 'string', describe: 'Limits and timeouts (JSON)', requiresArg: true })
    .option('csv', { type: 'boolean', describe: 'Print CSV' })
    .option('json', { type: 'boolean', describe: 'Print a JSON array' })
    .conflicts('csv', 'json')
    .example('lanscope flows lan.pcap --by host --top 10', 'the hosts that send and receive most')
    .example('lanscope flows lan.pcap --filter "tcp port 443" --sort duration', 'the longest TLS connections')
    .epilogue('All flows, without a bound: `lanscope analyze --zeek-logs DIR` or `--events FILE`.');
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  if (!(Number.isSafeInteger(args.top) && args.top > 0)) {
    throw new LanscopeError('USAGE', '--top must be a whole number above 0');
  }
  const style = makeStyle(hasColor());
  if (args.by === 'host') {
    const sort = TALKER_SORTS.find((name) => name === args.sort);
    if (sort === undefined)
      throw new LanscopeError('USAGE', `hosts are sorted by ${TALKER_SORTS.join(' or ')}`);
    const talkers = new Talkers();
    await readFlows(args, (slot, flows) => talkers.flowEnd(slot, flows));
    if (talkers.isApproximate)
      writeNotice('too many hosts to count each of them: small counts may be too small');
    const rows = talkers.rows(args.top, sort);
    const title = `${formatPlural(talkers.hosts, 'host')} in ${formatPlural(talkers.seen, 'flow')}`;
    const shown = rows.length < talkers.hosts ? `, ${rows.length} shown` : '';
    await writeRows(args, rows, talkersCsv, () => table(title, shown, rows, renderTalkers, style));
  } else {
    const model = await chosenModel(args.model);
    const flows = new TopFlows(args.top, args.sort, model !== undefined);
    await readFlows(
      args,
      (slot, table) => flows.flowEnd(slot, table),
      model,
      (scored) => flows.flowScore(scored.flow, scored.class, scored.score, scored.isAlarm),
    );
    const rows = flows.rows();
    const title = formatPlural(flows.seen, 'flow');
    const shown = rows.length < flows.seen ? `, ${rows.length} shown` : '';
    await writeRows(args, rows, flowsCsv, () => table(title, shown, rows, renderFlows, style));
  }
  return EXIT.ok;
}

async function readFlows(
  args: Arguments,
  flowEnd: (slot: number, flows: Flows) => void,
  model?: Model,
  flowScore: (score: FlowScore) => void = () => {},
): Promise<void> {
  const selection = selectionOf(args);
  const config = args.config === undefined ? undefined : await readConfig(args.config);
  const progress = createProgress();
  const { report } = await analyze({
    paths: await findCaptures(args.capture),
    ...(config === undefined ? {} : { config }),
    ...(selection === null ? {} : { selection }),
    outputs: [{ flowEnd, flowScore, end: () => Promise.resolve() }],
    ...(model === undefined ? {} : { model, onNotice: writeNotice }),
    onProgress: (state) => progress.update(state),
    version: version(),
  }).finally(() => progress.stop());
  for (const notice of report.input.flatMap(inputNotices)) writeNotice(notice);
  for (const { layer, code, count, text } of report.issues) {
    if (layer === 'flow' && code === 'evicted') writeNotice(`${formatCount(count)} ${text}`);
  }
}

/** In the form that was asked for. */
async function writeRows<Row>(
  args: Arguments,
  rows: readonly Row[],
  csv: (rows: readonly Row[]) => Iterable<string>,
  text: () => string,
): Promise<void> {
  if (args.json) await writeData(`${JSON.stringify(rows, null, 2)}\n`);
  else if (args.csv) await writeData(csv(rows));
  else await writeResult(text());
}

function table<Row>(
  title: string,
  shown: string,
  rows: readonly Row[],
  render: (rows: readonly Row[], width: number, style: Style) => string,
  style: Style,
): string {
  const grid = rows.length === 0 ? '' : `${render(rows, terminalWidth(), style)}\n`;
  return `${style.bold(title)}${shown}\n${grid}`;
}
