import { statSync } from 'node:fs';
import { LanscopeError } from '../bytes/error.ts';
import { openCaptures, STDIN } from '../capture/open.ts';
import type { Source, SourceInfo, SourceOptions } from '../capture/source.ts';
import type { Baseline } from '../detect/baseline.ts';
import { extendKnowledge } from '../fingerprint/knowledge.ts';
import { HotMemory } from '../hot/memory.ts';
import type { Report } from '../report/schema.ts';
import { DEFAULT_CONFIG, type EngineConfig } from './config.ts';
import type { Output } from './output.ts';
import type { Learning, LearningOptions } from './learning.ts';
import { Pipeline } from './pipeline.ts';
import { followTraffic } from './relay/follow.ts';
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
  /** Threads: 1 when absent; with 2 and more, 2 where that is possible. The report is the same. */
  readonly jobs?: number;
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
  const work = new Work(options);
  if (usesTwoThreads(options, work.outputs)) return analyzeInTwo(options, work);
  const memory = HotMemory.open();
  try {
    return await analyzeWith(work, openCaptures(options.paths, { ...options.source, memory }), {
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
  return analyzeWith(new Work(options), source, options);
}

async function analyzeWith(
  work: Work,
  source: Source,
  options: Omit<AnalyzeOptions, 'paths'>,
): Promise<Analysis> {
  const { signal, onProgress } = options;
  const pipeline = new Pipeline({
    ...work.learning,
    selection: options.selection ?? null,
    ...(options.memory === undefined ? {} : { memory: options.memory }),
  });
  const stop = (): void => void source.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const batch of source) {
      pipeline.process(batch);
      await work.drain();
      onProgress?.(progressOf(source, pipeline));
      if (signal?.aborted === true || pipeline.isSatisfied) break;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await source.close();
  }
  if (options.strict === true) refuseDamage(source.inputs);
  if (work.stage !== null) await finishFlows(pipeline, work.stage);
  pipeline.finish();
  return work.report(pipeline, source.inputs);
}

async function analyzeInTwo(options: AnalyzeOptions, work: Work): Promise<Analysis> {
  const { learning, inputs } = await followTraffic({
    ...work.learning,
    paths: options.paths,
    source: options.source ?? {},
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onParcel: async ({ packets, bytesRead, totalBytes }) => {
      await work.drain();
      options.onProgress?.({ packets, bytesRead, totalBytes });
    },
  });
  if (options.strict === true) refuseDamage(inputs);
  learning.conclude();
  return work.report(learning, inputs);
}

/** What an analysis is besides its packets: who is told of them, and the report at the end. */
class Work {
  readonly outputs: readonly Output[];
  readonly learning: LearningOptions;
  readonly stage: ModelStage | null;
  readonly #unusual: UnusualStage | null;
  readonly #options: Omit<AnalyzeOptions, 'paths'>;
  readonly #startedAt = new Date();
  readonly #started = process.hrtime.bigint();

  constructor(options: Omit<AnalyzeOptions, 'paths'>) {
    const given = options.outputs ?? [];
    this.#options = options;
    this.stage = options.model === undefined ? null : new ModelStage(options.model, given, options.onNotice);
    this.#unusual = options.baselineModel === undefined ? null : new UnusualStage(options.baselineModel);
    this.outputs = [this.stage, this.#unusual, ...given].filter((output) => output !== null);
    this.learning = {
      config: options.config ?? DEFAULT_CONFIG,
      outputs: this.outputs,
      ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
      ...(options.fingerprints === undefined ? {} : { knowledge: extendKnowledge(options.fingerprints) }),
    };
  }

  async drain(): Promise<void> {
    for (const output of this.outputs) await output.drain?.();
  }

  /** Scores what is left, builds the report and gives it to the outputs. */
  async report(learning: Learning, inputs: readonly SourceInfo[]): Promise<Analysis> {
    const { stage } = this;
    let scored = stage === null ? NO_MODEL_RESULT : await stage.result(learning, ruleFindings(learning));
    if (this.#unusual !== null) scored = this.#unusual.addTo(scored, learning);
    const report = assembleReport(learning, inputs, {
      complete: this.#options.signal?.aborted !== true,
      version: this.#options.version,
      startedAt: this.#startedAt,
      elapsedMs: Number(process.hrtime.bigint() - this.#started) / 1e6,
      scored,
    });
    for (const output of this.outputs) await output.end(report);
    return { report };
  }
}

/**
 * Whether to read in a thread of its own. Not where a part of the analysis looks at every packet, for a choice of packets (a
 * function does not go to another thread), for standard input, which belongs to this one, and for whatever else may wait for
 * a writer: a thread that waits in the kernel cannot be ended, nor can the process then.
 */
function usesTwoThreads(options: AnalyzeOptions, outputs: readonly Output[]): boolean {
  const { jobs, paths, selection, model } = options;
  if (jobs === undefined || jobs < 2 || selection !== undefined || paths.includes(STDIN)) return false;
  // Scored flows go to outputs at the end of a batch; where a parcel ends is a matter of time.
  if (model !== undefined && (options.outputs ?? []).length > 0) return false;
  return outputs.every((output) => output.packet === undefined) && !paths.some(mayWait);
}

/** A FIFO, a device; not what does not exist, which is refused by either thread. */
function mayWait(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
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

function refuseDamage(inputs: readonly SourceInfo[]): void {
  for (const { name, damage } of inputs) {
    if (damage !== null) {
      throw new LanscopeError(
        'INPUT_DAMAGED',
        `${name} is damaged at byte ${damage.offset}: ${damage.reason}`,
        'Without --strict it is read up to there',
      );
    }
  }
}
