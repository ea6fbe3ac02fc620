/** `--model` and `--baseline-model`: what scores flows beside the rules. One that cannot be used is a notice, no failure. */
import type { Argv } from 'yargs';
import { bundledModel, loadModel, type Model } from '../model/load.ts';
import { type LoadedBaseline, loadBaseline } from '../model/baseline/baseline-file.ts';
import { writeNotice } from './terminal.ts';

export const BUNDLED = 'default';
export const NONE = 'none';

export function modelOption<T>(yargs: Argv<T>) {
  return yargs.option('model', {
    type: 'string',
    default: NONE,
    describe: `Score flows with this model: an ONNX file, or ${BUNDLED} for the one that comes along`,
    requiresArg: true,
  });
}

export function baselineModelOption<T>(yargs: Argv<T>) {
  return yargs.option('baseline-model', {
    type: 'string',
    describe: 'Say what is unusual beside this file of `lanscope baseline`',
    requiresArg: true,
  });
}

export interface ModelArguments {
  readonly model: string;
}

/** The model that was asked for; undefined for none, and, after a notice, when it cannot be used. */
export async function chosenModel(name: string): Promise<Model | undefined> {
  if (name === NONE) return undefined;
  const loaded = await loadModel(name === BUNDLED ? bundledModel() : name);
  if ('model' in loaded) return loaded.model;
  writeNotice(
    `${name === BUNDLED ? 'the bundled model' : name} ${loaded.problem}; findings are those of the rules`,
  );
  return undefined;
}

/** As `chosenModel`, for a file of `lanscope baseline`. */
export async function chosenBaseline(path: string): Promise<LoadedBaseline | undefined> {
  const loaded = await loadBaseline(path);
  if ('baseline' in loaded) return loaded.baseline;
  writeNotice(`${path} ${loaded.problem}; nothing is compared with it`);
  return undefined;
}
