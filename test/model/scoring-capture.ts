/** What tests of models share: the bundled model where onnxruntime is there, and a capture with a scan in it. */
import { join } from 'node:path';
import { openCaptures } from '../../src/capture/open.ts';
import type { SourceOptions } from '../../src/capture/source.ts';
import { analyzeSource } from '../../src/engine/analyze.ts';
import type { FlowScore, Output } from '../../src/engine/output.ts';
import { type LoadedBaseline, loadBaseline } from '../../src/model/baseline/baseline-file.ts';
import { bundledModel, loadModel, type Model } from '../../src/model/load.ts';
import type { Report } from '../../src/report/schema.ts';

const root = join(import.meta.dirname, '../..');
export const CAPTURES = ['port-scan', 'office-lan', 'home-lan'].map((name) =>
  join(root, 'corpus', name, 'capture.pcapng'),
);

const loaded = await loadModel(bundledModel());
/** Null where onnxruntime-node is absent. */
export const MODEL: Model | null = 'model' in loaded ? loaded.model : null;
/** For `skip`: why, or false. */
export const SKIP = 'model' in loaded ? false : `the bundled model ${loaded.problem}`;

/** A report with the scores of its flows. */
export async function scored(
  path: string,
  model: Model | null,
  source: SourceOptions = {},
): Promise<{ report: Report; scores: FlowScore[] }> {
  const scores: FlowScore[] = [];
  const output: Output = { flowScore: (score) => void scores.push(score), end: () => Promise.resolve() };
  const { report } = await analyzeSource(openCaptures([path], source), {
    outputs: [output],
    version: 'test',
    ...(model === null ? {} : { model }),
  });
  return { report, scores };
}

/** What was learned into this file. */
export async function usableBaseline(path: string): Promise<LoadedBaseline> {
  const loaded = await loadBaseline(path);
  if ('problem' in loaded) throw new Error(`${path} ${loaded.problem}`);
  return loaded.baseline;
}

/** The report without what a model adds. */
export function withoutModel(report: Report): unknown {
  return {
    ...report,
    digest: '',
    run: null,
    models: [],
    totals: { ...report.totals, findings: null },
    findings: report.findings.filter(({ rule }) => !rule.startsWith('ml-')),
    devices: report.devices.map(({ scores: _, ...device }) => device),
  };
}
