import type { SourceOptions } from '../../src/capture/source.ts';
import { analyze } from '../../src/engine/analyze.ts';
import type { Report } from '../../src/report/schema.ts';

/** The report of one capture with default settings. */
export async function analyzeFile(path: string, source: SourceOptions = {}): Promise<Report> {
  const { report } = await analyze({ paths: [path], source, version: 'test' });
  return report;
}

/** A report as it is kept for comparison: without `run`, indented, so that differences can be read. */
export function goldenText(report: Report): string {
  const { run: _run, ...kept } = report;
  return `${JSON.stringify(kept, null, 1)}\n`;
}
