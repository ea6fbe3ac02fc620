/** A model in an analysis that goes on: the same report, its findings among the news. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { LiveSource } from '../../src/capture/live/live-source.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { LiveView } from '../../src/engine/live-view.ts';
import type { FlowScore, Output } from '../../src/engine/output.ts';
import type { Pipeline } from '../../src/engine/pipeline.ts';
import { paceSource } from '../../src/harness/replay/paced-source.ts';
import { UnusableModel } from '../../src/model/description.ts';
import type { Model } from '../../src/model/load.ts';
import type { Scorer } from '../../src/model/scorer.ts';
import type { PacketBatch } from '../../src/packet/batch.ts';
import type { Report } from '../../src/report/schema.ts';
import { createMetrics } from '../../src/serve/metrics/registry.ts';
import { type LiveRun, type LiveStatus, runLive } from '../../src/serve/live.ts';
import { goldenText } from '../engine/analyze-file.ts';
import { CAPTURES, MODEL, scored, SKIP } from '../model/scoring-capture.ts';

const [SCAN] = CAPTURES as [string];

async function live(
  model: Model,
  speed: number,
  more: Partial<LiveRun> = {},
): Promise<{ report: Report; scores: FlowScore[]; told: string[][] }> {
  const source = paceSource(openCaptures([SCAN]), speed);
  const scores: FlowScore[] = [];
  const told: string[][] = [];
  const output: Output = { flowScore: (score) => void scores.push(score), end: () => Promise.resolve() };
  const report = await runLive({
    source,
    model,
    outputs: [output],
    signal: new AbortController().signal,
    now: () => source.now(),
    isComplete: () => source.isComplete,
    onStatus: ({ news }: LiveStatus) => void told.push(news.findings.map(({ rule }) => rule)),
    version: 'test',
    ...more,
  });
  return { report, scores, told };
}

describe('a model in the live loop', { skip: SKIP }, () => {
  test('the report, the findings with their reasons and the scores are those of analyze', async () => {
    const expected = await scored(SCAN, MODEL);
    const { report, scores, told } = await live(MODEL!, Number.POSITIVE_INFINITY);
    assert.ok(report.findings.some(({ rule }) => rule === 'ml-scan'));
    assert.ok(goldenText(report) === goldenText(expected.report));
    assert.deepEqual(scores, expected.scores);
    assert.ok(told.flat().includes('ml-scan'));
  });

  test('what a model finds is news before the end, is in the view and in the report so far', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { report: whole } = await scored(SCAN, MODEL);
    const batches = paceSource(openCaptures([SCAN]), Number.POSITIVE_INFINITY);
    let told = 0;
    /** The capture, and a silence in which its flows time out: too few of them to fill a run of the model. */
    async function* thenSilence(): AsyncGenerator<PacketBatch> {
      yield* batches;
      for (let second = 0; second < 6; second++) {
        t.mock.timers.tick(1000);
        await setTimeout(20);
      }
      told = news.length;
    }
    const news: string[] = [];
    const reports: Report[] = [];
    let view: LiveView | undefined;
    const { report } = await live(MODEL!, 1, {
      source: Object.assign(Object.create(null) as LiveSource, {
        inputs: batches.inputs,
        stop: () => batches.stop(),
        close: () => batches.close(),
        [Symbol.asyncIterator]: thenSilence,
      }),
      now: () => Date.parse('2026-11-21T12:00:00Z') / 1000,
      isComplete: () => true,
      onStatus: (status: LiveStatus) => void news.push(...status.news.findings.map(({ rule }) => rule)),
      probes: [{ begin: (pipeline: Pipeline) => void (view = new LiveView(pipeline)) }],
      reportEverySeconds: 0.001,
      onReport: (soFar) => Promise.resolve(void reports.push(soFar)),
    });
    assert.ok(news.slice(0, told).includes('ml-scan'), 'told while it went on');
    assert.equal(news.filter((rule) => rule === 'ml-scan').length, 1, 'told once');
    const early = reports.flatMap(({ findings }) => findings).find(({ rule }) => rule === 'ml-scan');
    assert.ok((early!.evidence['because'] as string[]).length > 0);
    view!.refresh(1);
    assert.ok(view!.findings.some(({ rule }) => rule === 'ml-scan'));
    // A model changes no risk, here as in the report.
    const risks = new Map(whole.devices.map(({ id, risk }) => [id, risk.value]));
    for (const { id, index } of view!.lines) assert.equal(view!.device(index).risk.value, risks.get(id));
    assert.equal(report.models.length, 1);
  });

  test('what a model finds is counted with what the rules find', async () => {
    const metrics = createMetrics({ version: 'test', check: () => ({ ok: true, text: '' }) });
    const { report } = await live(MODEL!, Number.POSITIVE_INFINITY, { probes: [metrics] });
    const { text } = await metrics.exposition();
    const counted = [...text.matchAll(/^lanscope_findings\{rule="([^"]+)",severity="(\w+)"\} (\d+)$/gm)];
    const total = counted.reduce((sum, [, , , count]) => sum + Number(count), 0);
    assert.equal(total, report.findings.length);
    const ofModel = report.findings.filter(({ rule }) => rule === 'ml-scan');
    assert.deepEqual(
      counted
        .filter(([, rule]) => rule === 'ml-scan')
        .map(([, , severity, count]) => [severity, Number(count)]),
      [[ofModel[0]!.severity, ofModel.length]],
    );
  });

  test('runs of the model do not meet, and one that fails is told once', async () => {
    const { scorer } = MODEL!;
    for (const failing of [1, 2, Number.POSITIVE_INFINITY]) {
      let running = 0;
      let calls = 0;
      const slow = {
        score: async (rows: Float32Array, count: number, into: Float64Array) => {
          assert.equal(++running, 1, 'one at a time');
          await setTimeout(1);
          running--;
          if (++calls >= failing) throw new UnusableModel('could not be run: no memory');
          await scorer.score(rows, count, into);
        },
      } as Scorer;
      const notices: string[] = [];
      const { report } = await live({ ...MODEL!, scorer: slow }, Number.POSITIVE_INFINITY, {
        onNotice: (text) => void notices.push(text),
      });
      assert.ok(calls > 1 || failing === 1);
      if (failing === Number.POSITIVE_INFINITY) {
        assert.deepEqual(notices, []);
        continue;
      }
      assert.deepEqual(notices, ['the model could not be run: no memory; findings are those of the rules']);
      assert.deepEqual(report.models, []);
      assert.ok(report.findings.every(({ rule }) => !rule.startsWith('ml-')));
    }
  });
});
