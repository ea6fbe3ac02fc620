import { LanscopeError } from '../bytes/error.ts';
import { openCaptures } from '../capture/open.ts';
import type { Source, SourceOptions } from '../capture/source.ts';
import type { Baseline } from '../detect/baseline.ts';
import { extendKnowledge } from '../fingerprint/knowledge.ts';
import { HotMemory } from '../hot/memory.ts';
import type { Report } from '../report/schema.ts';
import { DEFAULT_CONFIG, type EngineConfig } from './config.ts';
import type { Output } from './output.ts';
import { Pipeline } from './pipeline.ts';
import type { Selection } from './selection.ts';
import { assembleReport, ruleFindings } from './assemble.ts';
import type { Model } from '../model/load.ts';
import type { LoadedBaseline } from '../model/baseline/baseline-file.ts';
import { finishFlows, ModelStage, NO_MODEL_RESULT } from './model-stage.ts';
import { UnusualStage } from './unusual-stage.ts';

/** How far an analysis is. */
export interface Progress {
  readonly packets: number;
  /** Bytes of the inputs that were read, as given. */
  readonly bytesRead: number;
  /** Their total size where it is known, 0 otherwise. */
  readonly totalBytes: number;
}

export interface AnalyzeOptions {
  /** Captures, `-` for standard input; several are one analysis in time order. */
  readonly paths: readonly string[];
  readonly config?: EngineConfig;
  readonly source?: SourceOptions;
  /** Folder of facts that are added to the built-in ones (`fingerprint/fact.ts`). */
  readonly fingerprints?: string;
  /** What was normal before (`baselineOf` a report). */
  readonly baseline?: Baseline;
  /** Which packets to look at; all when absent. */
  readonly selection?: Selection;
  readonly outputs?: readonly Output[];
  /** Scores flows; rules alone when absent. */
  readonly model?: Model;
  /** What is usual here (`lanscope baseline`): flows and hours of devices are compared with it. */
  readonly baselineModel?: LoadedBaseline;
  /** Told, in one line, what a person should know about the run. */
  readonly onNotice?: (text: string) => void;
  /** Called between batches. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting ends reading; the report says what was seen so far and is marked incomplete. */
  readonly signal?: AbortSignal;
  /** Damage in a capture is an error. */
  readonly strict?: boolean;
  /** Memory that the source's batches lie in. */
  readonly memory?: HotMemory;
  /** Version of the program, for the report. */
  readonly version: string;
}

export interface Analysis {
  readonly report: Report;
}

/**
 * Reads captures to their end and says what is in them.
 * Throws `LanscopeError`: what the caller can mend (no such file, not a capture, with `strict` damage).
 */
export async function analyze(options: AnalyzeOptions): Promise<Analysis> {
  const memory = HotMemory.open();
  try {
    return await analyzeSource(openCaptures(options.paths, { ...options.source, memory }), {
      ...options,
      memory,
    });
  } finally {
    memory.close();
  }
}

/** As `analyze`, for any source: the seam at which live capture and tests come in. */
export async function analyzeSource(
  source: Source,
  options: Omit<AnalyzeOptions, 'paths'>,
): Promise<Analysis> {
  const { signal, onProgress } = options;
  const startedAt = new Date();
  const started = process.hrtime.bigint();
  const given = options.outputs ?? [];
  const stage = options.model === undefined ? null : new ModelStage(options.model, given, options.onNotice);
  const unusual = options.baselineModel === undefined ? null : new UnusualStage(options.baselineModel);
  const outputs: Output[] = [stage, unusual, ...given].filter((output) => output !== null);
  const pipeline = new Pipeline({
    config: options.config ?? DEFAULT_CONFIG,
    selection: options.selection ?? null,
    outputs,
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(options.fingerprints === undefined ? {} : { knowledge: extendKnowledge(options.fingerprints) }),
  });
  const stop = (): void => void source.close();
  signal?.addEventListener('abort', stop, { once: true });
  let complete = true;
  try {
    for await (const batch of source) {
      pipeline.process(batch);
      for (const output of outputs) await output.drain?.();
      onProgress?.(progressOf(source, pipeline));
      if (signal?.aborted === true || pipeline.isSatisfied) {
        complete = signal?.aborted !== true;
        break;
      }
    }
    if (signal?.aborted === true) complete = false;
  } finally {
    signal?.removeEventListener('abort', stop);
    await source.close();
  }
  if (options.strict === true) refuseDamage(source);
  if (stage !== null) await finishFlows(pipeline, stage);
  pipeline.finish();
  let scored = stage === null ? NO_MODEL_RESULT : await stage.result(pipeline, ruleFindings(pipeline));
  if (unusual !== null) scored = unusual.addTo(scored, pipeline);
  const report = assembleReport(pipeline, source.inputs, {
    complete,
    version: options.version,
    startedAt,
    elapsedMs: Number(process.hrtime.bigint() - started) / 1e6,
    scored,
  });
  for (const output of outputs) await output.end(report);
  return { report };
}

function progressOf(source: Source, pipeline: Pipeline): Progress {
  let bytesRead = 0;
  let totalBytes = 0;
  for (const input of source.inputs) {
    bytesRead += input.bytes;
    totalBytes += input.totalBytes;
  }
  return { packets: pipeline.totals.packets, bytesRead, totalBytes };
}

function refuseDamage(source: Source): void {
  for (const { name, damage } of source.inputs) {
    if (damage !== null) {
      throw new LanscopeError(
        'INPUT_DAMAGED',
        `${name} is damaged at byte ${damage.offset}: ${damage.reason}`,
        'Without --strict it is read up to there',
      );
    }
  }
}
