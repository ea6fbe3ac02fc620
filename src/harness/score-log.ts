/**
 * A labelled log without its capture: the rules on packets recreated from it, the model flow by flow on its rows, which
 * are exact. A flow that either calls is called by both together.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { openMemory } from '../capture/memory.ts';
import { ConnExtractor, CONN_WIDTH } from '../detect/features/conn-extractor.ts';
import { FlowFacts } from '../detect/features/flow-facts.ts';
import type { Severity } from '../detect/finding.ts';
import { analyzeSource } from '../engine/analyze.ts';
import type { Model } from '../model/load.ts';
import { BATCH_ROWS } from '../model/scorer.ts';
import { verdictOf } from '../model/verdict.ts';
import { Attribution } from './attribution.ts';
import type { CaseSettings } from './case-settings.ts';
import { readLogRow } from './features/conn-log-facts.ts';
import { type LabelledFlow, LabelParser, readConnLabels } from './labels/conn-log-labels.ts';
import { recreateCapture } from './recreate/log-capture.ts';
import type { FlowScorer } from './score-flows.ts';
import { newScorers, type Opinion } from './score-opinions.ts';

type Claims = readonly { readonly rule: string; readonly technique: string }[];

/** Who could be asked: the rules where the log is not too long, the model where it scores rows of logs, both where both can. */
export async function scoreLog(
  path: string,
  settings: CaseSettings,
  threshold: Severity,
): Promise<ReadonlyMap<Opinion, FlowScorer>> {
  const { model } = settings;
  const byRules = await attributionOf(path, settings, threshold);
  const byModel = model?.description.featureSet === 'conn' ? model : null;
  const scorers = newScorers([
    ...(byRules === null ? [] : ['rules' as const]),
    ...(byModel === null ? [] : ['model' as const]),
    ...(byRules === null || byModel === null ? [] : ['fused' as const]),
  ]);
  const count = (flow: LabelledFlow, ofModel: Claims): void => {
    const ofRules = byRules?.claimedBy(flow) ?? [];
    scorers.get('rules')?.countClaims(flow, ofRules);
    scorers.get('model')?.countClaims(flow, ofModel);
    scorers.get('fused')?.countClaims(flow, [...ofRules, ...ofModel]);
  };
  if (byModel !== null) await callFlows(path, byModel, count);
  else if (byRules !== null) await readConnLabels(path, (flow) => count(flow, []));
  return scorers;
}

/** What the rules claim in the capture that the log stands for; null when it cannot be recreated. */
async function attributionOf(
  path: string,
  { config, fingerprints, version }: CaseSettings,
  threshold: Severity,
): Promise<Attribution | null> {
  const capture = await recreateCapture(path);
  if (capture === null) return null;
  const { report } = await analyzeSource(openMemory(capture), {
    config,
    version,
    ...(fingerprints === undefined ? {} : { fingerprints }),
  });
  return new Attribution(report, threshold);
}

async function callFlows(
  path: string,
  { description, scorer }: Model,
  take: (flow: LabelledFlow, claims: Claims) => void,
): Promise<void> {
  const extractor = new ConnExtractor();
  const parser = new LabelParser();
  const facts = new FlowFacts();
  const rows = new Float32Array(BATCH_ROWS * CONN_WIDTH);
  const classes = description.classes.length;
  const scores = new Float64Array(BATCH_ROWS * classes);
  let waiting: LabelledFlow[] = [];

  const judge = async (): Promise<void> => {
    await scorer.score(rows, waiting.length, scores);
    for (const [index, flow] of waiting.entries()) {
      const verdict = verdictOf(scores, index * classes, description);
      const rule = `ml-${description.classes[verdict.class]!}`;
      take(flow, verdict.isAlarm ? [{ rule, technique: '' }] : []);
    }
    waiting = [];
  };

  const input = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const flow = parser.line(line);
    if (flow === null || flow === 'unreadable' || !readLogRow(parser, facts)) continue;
    extractor.row(facts, rows, waiting.length * CONN_WIDTH);
    waiting.push(flow);
    if (waiting.length === BATCH_ROWS) await judge();
  }
  await judge();
}
