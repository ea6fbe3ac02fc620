/**
 * Opens model files. Whatever is wrong with one is told in a sentence and is no failure: analysis goes on with the rules.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceSession } from 'onnxruntime-node';
import { whyEndless } from './control-flow.ts';
import { describeModel, type ModelDescription, UnusableModel } from './description.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';
import { importOnnxRuntime } from './onnx-runtime.ts';
import { type Runtime, Scorer } from './scorer.ts';
import { readModelFile } from './model-file.ts';

export interface Model {
  readonly description: ModelDescription;
  readonly sha256: string;
  readonly scorer: Scorer;
}

/** A model, or why there is none: a clause after the file's name. */
export type LoadedModel = { readonly model: Model } | { readonly problem: string };

/** The model that comes with the program. */
export function bundledModel(): string {
  return fileURLToPath(new URL('./data/default.onnx', import.meta.url));
}

/** `importRuntime` is for tests: what to do without onnxruntime. */
export async function loadModel(
  path: string,
  importRuntime: () => Promise<Runtime> = importOnnxRuntime,
): Promise<LoadedModel> {
  try {
    const bytes = await readModelFile(path);
    const metadata = readOnnxMetadata(bytes);
    if (metadata === null) throw new UnusableModel('is damaged, or no ONNX model');
    const description = describeModel(metadata, basename(path));
    const endless = whyEndless(bytes);
    if (endless !== null) throw new UnusableModel(endless);
    const runtime = await runtimeOf(importRuntime);
    const session = await openSession(runtime, bytes);
    checkShape(session, description);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { model: { description, sha256, scorer: new Scorer(runtime, session, description) } };
  } catch (error) {
    if (error instanceof UnusableModel) return { problem: error.message };
    throw error;
  }
}

async function runtimeOf(importRuntime: () => Promise<Runtime>): Promise<Runtime> {
  try {
    return await importRuntime();
  } catch {
    throw new UnusableModel(
      'needs the optional package onnxruntime-node, which is not installed or not for this machine',
    );
  }
}

async function openSession(runtime: Runtime, bytes: Uint8Array): Promise<InferenceSession> {
  try {
    // One thread: sums in another order would be other sums.
    return await runtime.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : String(error);
    throw new UnusableModel(`is damaged, or needs another onnxruntime: ${reason}`);
  }
}

/** One input of singles, as wide as the features; a two-dimensional output of singles is found when it is run. */
function checkShape(session: InferenceSession, { set, featureSet }: ModelDescription): void {
  const input = session.inputMetadata[0];
  const width = set.features.length;
  if (session.inputMetadata.length !== 1 || input?.isTensor !== true || input.type !== 'float32') {
    throw new UnusableModel('has not one input of 32-bit floats');
  }
  if (input.shape.length !== 2 || (typeof input.shape[1] === 'number' && input.shape[1] !== width)) {
    const shape = `[${input.shape.join(', ')}]`;
    throw new UnusableModel(
      featureSet === 'legacy'
        ? `states no feature set, and its input ${shape} is not the older [N, ${width}]`
        : `has an input of shape ${shape} where its features are ${width}`,
    );
  }
}
