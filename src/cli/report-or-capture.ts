import { open } from 'node:fs/promises';
import { findCaptures } from '../capture/find-captures.ts';
import { analyze } from '../engine/analyze.ts';
import { readConfig } from '../engine/config.ts';
import { readReport } from '../report/read.ts';
import type { Report } from '../report/schema.ts';
import { createProgress } from './progress.ts';
import { version } from './version.ts';

/** The report at `path`, or that of the capture there: JSON begins with a brace and no capture does. */
export async function readReportOrCapture(path: string, configFile: string | undefined): Promise<Report> {
  if (await beginsLikeJson(path)) return readReport(path);
  const progress = createProgress();
  try {
    const { report } = await analyze({
      paths: await findCaptures([path]),
      ...(configFile === undefined ? {} : { config: await readConfig(configFile) }),
      onProgress: (state) => progress.update(state),
      version: version(),
    });
    return report;
  } finally {
    progress.stop();
  }
}

/** What cannot be read is left to the analysis, which says what is wrong. */
async function beginsLikeJson(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('latin1', 0, bytesRead).trimStart().startsWith('{');
  } finally {
    await file.close();
  }
}
