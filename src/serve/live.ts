/**
 * The room `serve`: analyses that go on while a person looks. Live mode is the same pipeline over a source that does
 * not end by itself; the final report is made as that of a capture.
 */
import type { LiveSource } from '../capture/live/live-source.ts';
import { LanscopeError } from '../bytes/error.ts';
import { assembleReport, ruleFindings } from '../engine/assemble.ts';
import type { Baseline } from '../engine/baseline.ts';
import { DEFAULT_CONFIG, type EngineConfig } from '../engine/config.ts';
import {
  finishFlows,
  type Model,
  type ModelResult,
  ModelStage,
  NO_MODEL_RESULT,
} from '../engine/model-stage.ts';
import { type News, createNews } from '../engine/news.ts';
import type { Output } from '../engine/output.ts';
import { Pipeline, type PipelineOptions } from '../engine/pipeline.ts';
import type { Selection } from '../engine/selection.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Report } from '../report/schema.ts';
import type { Recording } from './record/recording.ts';

/** How the run stands, told every second. */
export interface LiveStatus {
  readonly packets: number;
  readonly packetsPerSecond: number;
  readonly devices: number;
  readonly news: News;
}

/**
 * Parts of a run that take time: from the last packet of a batch to its processing; header columns; flows, messages,
 * devices and detectors; recording; waiting for outputs; the status every second; the report so far.
 */
export const STAGES = ['arrival', 'headers', 'analysis', 'record', 'outputs', 'status', 'report'] as const;
export type Stage = (typeof STAGES)[number];

/** Who measures or shows a run. Nothing here may throw or change the pipeline. */
export interface LiveProbe {
  begin(pipeline: Pipeline, source: LiveSource): void;
  /** A stage has ended. */
  stage?(stage: Stage, seconds: number): void;
  /** Every second, and before the end. */
  tick?(): void;
}

export interface LiveRun {
  readonly source: LiveSource;
  readonly config?: EngineConfig;
  /** What was normal before. */
  readonly baseline?: Baseline;
  readonly selection?: Selection;
  readonly outputs?: readonly Output[];
  /** Scores flows; rules alone when absent. */
  readonly model?: Model;
  readonly knowledge?: PipelineOptions['knowledge'];
  /** Present time of the source, epoch seconds; that of this machine when absent. */
  readonly now?: () => number;
  /** Asked at the end: whether the source was read as far as it goes; true when absent. */
  readonly isComplete?: () => boolean;
  /** Aborting ends capturing; what was captured is still analyzed. */
  readonly signal: AbortSignal;
  /** Called every second, and before the end. It must not throw. */
  readonly onStatus?: (status: LiveStatus) => void;
  /** Sees every batch, its headers decoded. */
  readonly onBatch?: (batch: PacketBatch) => void;
  readonly recording?: Recording | null;
  readonly probes?: readonly LiveProbe[];
  /** Every so many seconds the report so far (`complete: false`) is handed on; 0 for never. */
  readonly reportEverySeconds?: number;
  readonly onReport?: (report: Report) => Promise<void>;
  /** Told, in one line, what a person should know; a report that cannot be written now may be later. */
  readonly onNotice?: (text: string) => void;
  readonly version: string;
}

const TICK_MS = 1000;
/** Ticks without a batch after which the wire is taken to be silent, not the reader to be late. */
const SILENT_TICKS = 2;
/** Ticks between two looks at all addresses, whose owners may have become known since; new ones are looked at in each. */
const FULL_LISTING_TICKS = 10;

/** Analyzes until the signal is aborted or the source ends. Throws `LanscopeError` when capturing cannot begin. */
export async function runLive(run: LiveRun): Promise<Report> {
  const { source, signal, version, recording = null, probes = [] } = run;
  const given = run.outputs ?? [];
  const stage = run.model === undefined ? null : new ModelStage(run.model, given, run.onNotice);
  const outputs: readonly Output[] = stage === null ? given : [stage, ...given];
  const now = run.now ?? (() => Date.now() / 1000);
  const startedAt = new Date();
  const started = performance.now();
  const pipeline = new Pipeline({
    config: run.config ?? DEFAULT_CONFIG,
    selection: run.selection ?? null,
    outputs,
    ...(run.baseline === undefined ? {} : { baseline: run.baseline }),
    ...(run.knowledge === undefined ? {} : { knowledge: run.knowledge }),
  });
  const reportSoFar = (complete: boolean, scored: ModelResult): Report =>
    pipeline.devices.allSoFar(() =>
      assembleReport(pipeline, source.inputs, {
        complete,
        version,
        startedAt,
        elapsedMs: performance.now() - started,
        scored,
      }),
    );
  const scoredSoFar = async (): Promise<ModelResult> =>
    stage === null ? NO_MODEL_RESULT : stage.result(pipeline, ruleFindings(pipeline));
  const handOnReport = async (): Promise<void> => run.onReport?.(reportSoFar(false, await scoredSoFar()));
  for (const probe of probes) probe.begin(pipeline, source);
  const measured = probes.filter((probe) => probe.stage !== undefined);
  /** Tells how long a stage took that began at `since`, and gives the time at which the next one begins. */
  const ended = (stage: Stage, since: number): number => {
    const nowMs = performance.now();
    for (const probe of measured) probe.stage!(stage, (nowMs - since) / 1000);
    return nowMs;
  };

  const status = createStatus(pipeline, run.onStatus);
  const reportEveryMs = (run.reportEverySeconds ?? 0) * 1000;
  let reportDueMs = started + reportEveryMs;
  let reporting: Promise<void> = Promise.resolve();
  let isReporting = false;
  let silentTicks = 0;
  let ticks = 0;
  let isCatchingUp = false;
  let failure: { readonly error: unknown } | undefined;

  /** Scores what ended since the last time; what is no matter of the model is thrown when the run ends. */
  const catchUp = async (): Promise<void> => {
    if (stage === null || isCatchingUp) return;
    isCatchingUp = true;
    await stage.catchUp().catch((error: unknown) => {
      failure ??= { error };
      source.stop();
    });
    isCatchingUp = false;
  };

  /** What the kernel counted instead of copying it. */
  const credit = (): void => {
    for (let traffic = source.counted?.(); traffic; traffic = source.counted?.()) pipeline.credit(traffic);
  };

  const tick = (): void => {
    credit();
    // Times of packets are of the same clock, and none older than a second is under way when two ticks were silent.
    if (++silentTicks > SILENT_TICKS) pipeline.advance(Math.floor(now()) - SILENT_TICKS);
    let at = performance.now();
    // News, the view, and exceptions that name an address look at them.
    pipeline.devices.listAddresses(ticks++ % FULL_LISTING_TICKS === 0);
    status();
    // What ended since is among the next news.
    void catchUp();
    for (const probe of probes) probe.tick?.();
    at = ended('status', at);
    void recording?.flush();
    if (reportEveryMs === 0 || isReporting || at < reportDueMs) return;
    reportDueMs = at + reportEveryMs;
    isReporting = true;
    reporting = handOnReport()
      .catch((error: unknown) => tellOrThrow(error, run.onNotice))
      .finally(() => {
        isReporting = false;
        ended('report', at);
      });
    // What is no matter of the disk is thrown when the run ends.
    reporting.catch(() => source.stop());
  };

  const stop = (): void => source.stop();
  signal.addEventListener('abort', stop, { once: true });
  const timer = setInterval(tick, TICK_MS);
  try {
    if (signal.aborted) stop();
    for await (const batch of source) {
      silentTicks = 0;
      credit();
      const last = batch.count - 1;
      if (measured.length > 0 && last >= batch.start) {
        const ageSeconds = now() - batch.tsSeconds[last]! - batch.tsNanos[last]! / 1e9;
        for (const probe of measured) probe.stage!('arrival', Math.max(0, ageSeconds));
      }
      let at = performance.now();
      pipeline.decode(batch);
      at = ended('headers', at);
      pipeline.take(batch);
      run.onBatch?.(batch);
      at = ended('analysis', at);
      if (recording !== null) {
        await recording.write(batch, source.inputs[batch.input]!.interfaces);
        at = ended('record', at);
      }
      if (outputs.length > 0) {
        for (const output of outputs) await output.drain?.();
        ended('outputs', at);
      }
      if (pipeline.isSatisfied) break;
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await source.close();
    await recording?.close();
  }
  await reporting;
  if (failure !== undefined) throw failure.error;
  credit();
  if (stage !== null) await finishFlows(pipeline, stage);
  pipeline.finish();
  const scored = await scoredSoFar();
  status();
  for (const probe of probes) probe.tick?.();
  const report = reportSoFar(run.isComplete?.() ?? true, scored);
  for (const output of outputs) await output.end(report);
  return report;
}

/** A disk that is full now may have room the next time; anything else is no matter of the disk. */
function tellOrThrow(error: unknown, onNotice: LiveRun['onNotice']): void {
  if (!(error instanceof LanscopeError) || onNotice === undefined) throw error;
  onNotice(`${error.message}; the next report is tried again, the analysis goes on`);
}

function createStatus(pipeline: Pipeline, tell: LiveRun['onStatus']): () => void {
  if (tell === undefined) return () => {};
  const news = createNews(pipeline);
  let packets = 0;
  let atMs = performance.now();
  return () => {
    const nowMs = performance.now();
    const packetsPerSecond = ((pipeline.totals.packets - packets) * 1000) / Math.max(1, nowMs - atMs);
    packets = pipeline.totals.packets;
    atMs = nowMs;
    tell({ packets, packetsPerSecond, devices: pipeline.devices.devices.length, news: news() });
  };
}
