/** What happens with the report of an analysis, a live run or a replay: files, the store, the terminal, the exit code. */
import { EXIT, type ExitCode } from '../bytes/error.ts';
import type { Severity } from '../detect/finding.ts';
import { reportChunks } from '../report/canonical.ts';
import { countAtLeast } from '../report/fail-on.ts';
import { formatPlural } from '../report/quantity.ts';
import type { Report } from '../report/schema.ts';
import { renderReport } from '../report/terminal/render.ts';
import { writeFileAtomically } from '../store/atomic-file.ts';
import { storePath } from './store-option.ts';
import { hasColor, terminalWidth, writeData, writeNotice, writeResult } from './terminal.ts';

/** Rows on the terminal; the report has all. */
const MAX_DEVICES = 60;
const MAX_FINDINGS = 40;

export interface DeliveryArguments {
  readonly output?: string | undefined;
  readonly html?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly failOn?: Severity | undefined;
  readonly save?: boolean;
  readonly db?: string | undefined;
}

/** Writes the report to the files that were asked for. OUTPUT_UNWRITABLE. */
export async function writeReportFiles(
  report: Report,
  { output, html }: Pick<DeliveryArguments, 'output' | 'html'>,
): Promise<void> {
  if (output !== undefined) await writeFileAtomically(output, reportChunks(report));
  if (html !== undefined) {
    const { renderReportHtml } = await import('../report/html/report-page.ts');
    await writeFileAtomically(html, renderReportHtml(report));
  }
}

/** Files and the store come before anything is printed: a terminal or a reader may be gone by now.
 * `notices` are told after the tables, unless it is to be quiet. */
export async function deliverReport(
  report: Report,
  args: DeliveryArguments,
  notices: readonly string[] = [],
): Promise<ExitCode> {
  const failing = args.failOn === undefined ? 0 : countAtLeast(report, args.failOn);
  process.exitCode = failing === 0 ? EXIT.ok : EXIT.no;
  await writeReportFiles(report, args);
  if (args.save === true) {
    // On demand: most runs need no database.
    const { saveReport } = await import('../store/store.ts');
    await saveReport(storePath(args), report, new Date().toISOString(), { onNotice: writeNotice });
  }
  if (args.json === true) await writeData(reportChunks(report));
  else if (args.quiet !== true) {
    const limits = { maxDevices: MAX_DEVICES, maxFindings: MAX_FINDINGS };
    await writeResult(renderReport(report, { width: terminalWidth(), color: hasColor(), ...limits }));
  }
  if (args.quiet !== true) {
    for (const notice of notices) writeNotice(notice);
    if (args.output !== undefined) writeNotice(`report written to ${args.output}`);
    if (args.html !== undefined) writeNotice(`page written to ${args.html}`);
    if (failing > 0)
      writeNotice(`${formatPlural(failing, 'finding')} of severity ${args.failOn} or above (--fail-on)`);
  }
  return failing === 0 ? EXIT.ok : EXIT.no;
}
