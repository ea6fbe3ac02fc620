import type { SourceOptions } from '../../src/capture/source.ts';
import { analyze } from '../../src/engine/analyze.ts';
import type { Report } from '../../src/report/schema.ts';

export { goldenText } from '../../src/harness/golden.ts';

/** The report of one capture with default settings. */
export async function analyzeFile(path: string, source: SourceOptions = {}): Promise<Report> {
  const { report } = await analyze({ paths: [path], source, version: 'test' });
  return report;
}
