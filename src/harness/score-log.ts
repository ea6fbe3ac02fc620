/** A labelled log without its capture: each of its flows called by the model alone. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConnExtractor, CONN_WIDTH } from '../detect/features/conn-extractor.ts';
import { FlowFacts } from '../detect/features/flow-facts.ts';
import type { Model } from '../model/load.ts';
import { BATCH_ROWS } from '../model/scorer.ts';
import { verdictOf } from '../model/verdict.ts';
import { readLogRow } from './features/conn-log-facts.ts';
import { type LabelledFlow, LabelParser } from './labels/conn-log-labels.ts';
import { FlowScorer } from './score-flows.ts';

/** `model` must score the feature set conn. */
export async function scoreLogByModel(path: string, { description, scorer }: Model): Promise<FlowScorer> {
  const result = new FlowScorer();
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
      result.countClaims(flow, verdict.isAlarm ? [{ rule, technique: '' }] : []);
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
  return result;
}
