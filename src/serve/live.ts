/**
 * The room `serve`: analyses that go on while a person looks. Live mode is the same pipeline over a source that does
 * not end by itself; the final report is made as that of a capture.
 */
import type { LiveSource } from '../capture/live/live-source.ts';
import { assembleReport } from '../engine/assemble.ts';
import { DEFAULT_CONFIG, type EngineConfig } from '../engine/config.ts';
import { type News, createNews } from '../engine/news.ts';
import type { Output } from '../engine/output.ts';
import { Pipeline } from '../engine/pipeline.ts';
import type { Selection } from '../engine/selection.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { Report } from '../report/schema.ts';

/** How the run stands, told every second. */
export interface LiveStatus {
  readonly packets: number;
  readonly packetsPerSecond: number;
  readonly devices: number;
  readonly news: News;
}

export interface LiveRun {
  readonly source: LiveSource;
  readonly config?: EngineConfig;
  readonly selection?: Selection;
  readonly outputs?: readonly Output[];
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
  /** Every so many seconds the report so far (`complete: false`) is handed on; 0 for never. */
  readonly reportEverySeconds?: number;
  readonly onReport?: (report: Report) => Promise<void>;
  readonly version: string;
}

const TICK_MS = 1000;
/** Ticks without a batch after which the wire is taken to be silent, not the reader to be late. */
const SILENT_TICKS = 2;

/** Analyzes until the signal is aborted or the source ends. Throws `LanscopeError` when capturing cannot begin. */
export async function runLive(run: LiveRun): Promise<Report> {
  const { source, signal, version } = run;
  const outputs = run.outputs ?? [];
  const now = run.now ?? (() => Date.now() / 1000);
  const startedAt = new Date();
  const started = performance.now();
  const pipeline = new Pipeline({
    config: run.config ?? DEFAULT_CONFIG,
    selection: run.selection ?? null,
    outputs,
  });
  const reportSoFar = (complete: boolean): Report =>
    assembleReport(pipeline, source, {
      complete,
      version,
      startedAt,
      elapsedMs: performance.now() - started,
    });

  const status = createStatus(pipeline, run.onStatus);
  const reportEveryMs = (run.reportEverySeconds ?? 0) * 1000;
  let reportDueMs = started + reportEveryMs;
  let reporting: Promise<void> = Promise.resolve();
  let isReporting = false;
  let failure: { readonly error: unknown } | null = null;
  let silentTicks = 0;

  const tick = (): void => {
    // Times of packets are of the same clock, and none older than a second is under way when two ticks were silent.
    if (++silentTicks > SILENT_TICKS) pipeline.advance(Math.floor(now()) - SILENT_TICKS);
    status();
    if (reportEveryMs === 0 || isReporting || performance.now() < reportDueMs) return;
    reportDueMs = performance.now() + reportEveryMs;
    isReporting = true;
    reporting = (run.onReport?.(reportSoFar(false)) ?? Promise.resolve())
      .catch((error: unknown) => {
        failure ??= { error };
        source.stop();
      })
      .finally(() => (isReporting = false));
  };

  const stop = (): void => source.stop();
  signal.addEventListener('abort', stop, { once: true });
  const timer = setInterval(tick, TICK_MS);
  try {
    if (signal.aborted) stop();
    for await (const batch of source) {
      silentTicks = 0;
      pipeline.process(batch);
      run.onBatch?.(batch);
      for (const output of outputs) await output.drain?.();
      if (pipeline.isSatisfied) break;
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await source.close();
  }
  await reporting;
  rethrow(failure);
  pipeline.finish();
  status();
  const report = reportSoFar(run.isComplete?.() ?? true);
  for (const output of outputs) await output.end(report);
  return report;
}

/** A report that could not be written ends the run: going on would lose it all in the end. */
function rethrow(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
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
