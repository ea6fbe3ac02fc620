/** `lanscope diff`: what changed from one report or capture to another. */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode } from '../../bytes/error.ts';
import { diffReports } from '../../report/diff/diff.ts';
import { renderDiffHtml } from '../../report/diff/render-html.ts';
import { renderDiffMarkdown } from '../../report/diff/render-markdown.ts';
import { renderDiffText } from '../../report/diff/render-text.ts';
import { DEFAULT_DIFF, EXACT_DIFF, readDiffSettings } from '../../report/diff/settings.ts';
import { requireWritable, writeFileAtomically } from '../../store/atomic-file.ts';
import { readReportOrCapture } from '../report-or-capture.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { hasColor, terminalWidth, writeResult } from '../terminal.ts';

export function options(yargs: Argv) {
  return yargs
    .positional('a', {
      type: 'string',
      coerce: restoreStdin,
      demandOption: true,
      describe: 'Report or capture before',
    })
    .positional('b', {
      type: 'string',
      coerce: restoreStdin,
      demandOption: true,
      describe: 'Report or capture after',
    })
    .option('json', { type: 'boolean', describe: 'Print JSON' })
    .option('markdown', { type: 'boolean', describe: 'Print Markdown, for a pull request' })
    .option('html', { type: 'boolean', describe: 'Print a page of HTML' })
    .option('output', { alias: 'o', type: 'string', describe: 'Write to this file', requiresArg: true })
    .option('ignore', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'Leave out changes: addresses, new-device, device/aa:bb:*, device/*/peers … (repeatable)',
      requiresArg: true,
    })
    .option('tolerances', {
      type: 'string',
      describe: 'Tolerances and ignore patterns (JSON)',
      requiresArg: true,
    })
    .option('exact', { type: 'boolean', default: false, describe: 'No tolerance: every number counts' })
    .option('config', {
      type: 'string',
      describe: 'Thresholds and limits for captures (JSON)',
      requiresArg: true,
    })
    .conflicts('json', ['markdown', 'html'])
    .conflicts('markdown', 'html')
    .example('lanscope diff before.json after.json', 'exit code 1 when something changed')
    .example(
      'lanscope diff monday.pcap friday.pcap --ignore traffic.bytesOut --ignore new-device',
      'captures, some noise left out',
    )
    .epilogue(
      `Tolerances and their defaults: ${JSON.stringify(DEFAULT_DIFF)}\nExit codes: 0 no difference, 1 a difference, 2 bad usage or input.`,
    );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  if (args.output !== undefined) await requireWritable(args.output);
  const base = args.exact ? EXACT_DIFF : DEFAULT_DIFF;
  const settings = args.tolerances === undefined ? base : await readDiffSettings(args.tolerances, base);
  const a = await readReportOrCapture(args.a, args.config);
  const b = await readReportOrCapture(args.b, args.config);
  const diff = diffReports(a, b, { ...settings, ignore: [...settings.ignore, ...args.ignore] });
  const isFile = args.output !== undefined;
  const chunks = args.json
    ? [`${JSON.stringify(diff, null, 2)}\n`]
    : args.markdown
      ? [renderDiffMarkdown(diff)]
      : args.html
        ? renderDiffHtml(diff)
        : [renderDiffText(diff, { width: terminalWidth(), color: !isFile && hasColor() })];
  if (args.output === undefined) await writeResult(chunks);
  else await writeFileAtomically(args.output, chunks);
  return diff.same ? EXIT.ok : EXIT.no;
}
