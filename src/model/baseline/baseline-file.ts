/**
 * The file of `lanscope baseline`: an ONNX model, so that other programs can score with it too. Each history is an output,
 * a forest and an exponential; the metadata says what it is the history of and from which score on a row is unusual.
 */
import { createHash } from 'node:crypto';
import { CONN_SET, CONN_SET_ID } from '../../detect/features/conn-set.ts';
import type { FeatureDefinition } from '../../detect/features/feature.ts';
import { UnusableModel } from '../description.ts';
import { readModelFile } from '../model-file.ts';
import type { OnnxNode } from '../onnx-format.ts';
import { readOnnxMetadata } from '../onnx-metadata.ts';
import { findOnnxNodes, readOnnxNode } from '../onnx-reader.ts';
import { type OnnxTable, writeOnnx } from '../onnx-writer.ts';
import { HOUR_FEATURES } from './device-hours.ts';
import { forestNode, forestOf, isOfForest } from './forest-node.ts';
import type { History } from './history.ts';

/** How reports name it among the models. */
export const BASELINE_NAME = 'baseline';

/** `lanscope.format` of this file; models that `--model` takes have a number. */
export const BASELINE_FORMAT = 'baseline/1';

/** Histories of a network and of those of its devices that have enough of their own. */
export interface Histories {
  readonly network: History | null;
  /** By device id. */
  readonly devices: Readonly<Record<string, History>>;
}

export interface BaselineModel {
  readonly flows: Histories;
  readonly hours: Histories;
  /** SHA-256 of the rows learned from. */
  readonly trainingDigest: string;
}

export interface LoadedBaseline {
  readonly model: BaselineModel;
  readonly sha256: string;
}

type Kind = 'flow' | 'hour';

/** What rows of each kind are made of: the inputs of the graph. */
const FEATURES: Readonly<Record<Kind, readonly FeatureDefinition[]>> = {
  flow: CONN_SET.features,
  hour: HOUR_FEATURES,
};

/** As in `lanscope.histories`. */
interface Described extends Omit<History, 'forest'> {
  readonly output: string;
  readonly of: Kind;
  /** Device id; '' for the network. */
  readonly device: string;
}

/** Name of the tensor between the forest and the exponential of an output. */
const exponentOf = (output: string): string => `${output} exponent`;

export function baselineBytes(model: BaselineModel): Uint8Array {
  const nodes: OnnxNode[] = [];
  const outputs: OnnxTable[] = [];
  const described: Described[] = [];
  const add = (of: Kind, device: string, { forest, ...rest }: History): void => {
    const output = `${of}:${device === '' ? 'network' : device}`;
    outputs.push({ name: output, rows: rowsOf(of), width: 1 });
    nodes.push(forestNode(forest, of, exponentOf(output)), exponential(exponentOf(output), output));
    described.push({ output, of, device, ...rest });
  };
  for (const [of, { network, devices }] of [
    ['flow', model.flows],
    ['hour', model.hours],
  ] as const) {
    if (network !== null) add(of, '', network);
    for (const [device, history] of Object.entries(devices)) add(of, device, history);
  }
  const used = (['flow', 'hour'] as const).filter((kind) => described.some(({ of }) => of === kind));
  return writeOnnx({
    name: 'lanscope baseline',
    inputs: used.map((kind) => ({ name: kind, rows: rowsOf(kind), width: FEATURES[kind].length })),
    outputs,
    nodes,
    metadata: new Map([
      ['lanscope.format', BASELINE_FORMAT],
      ['lanscope.features', CONN_SET_ID],
      ['lanscope.flow_features', namesOf('flow')],
      ['lanscope.hour_features', namesOf('hour')],
      ['lanscope.training_digest', model.trainingDigest],
      ['lanscope.histories', JSON.stringify(described)],
    ]),
  });
}

/** What was learned, or why it cannot be used: a clause after the file's name. */
export async function loadBaseline(
  path: string,
): Promise<{ readonly baseline: LoadedBaseline } | { readonly problem: string }> {
  try {
    const bytes = await readModelFile(path);
    const model = baselineOf(bytes);
    return { baseline: { model, sha256: createHash('sha256').update(bytes).digest('hex') } };
  } catch (error) {
    if (error instanceof UnusableModel) return { problem: error.message };
    throw error;
  }
}

/** Throws `UnusableModel`. */
function baselineOf(bytes: Uint8Array): BaselineModel {
  const damaged = (): never => {
    throw new UnusableModel('is damaged, or no file of `lanscope baseline`');
  };
  const metadata = readOnnxMetadata(bytes) ?? damaged();
  const format = metadata.get('lanscope.format');
  if (format === undefined) damaged();
  if (format !== BASELINE_FORMAT) {
    throw new UnusableModel(
      /^\d+$/.test(format!)
        ? 'is a model of classes, which --model takes'
        : `is of format ${format}, and this version knows ${BASELINE_FORMAT}`,
    );
  }
  const features = metadata.get('lanscope.features');
  if (features !== CONN_SET_ID || metadata.get('lanscope.hour_features') !== namesOf('hour')) {
    throw new UnusableModel(
      `was learned on other features (${features}) than this version has (${CONN_SET_ID}): learn it again`,
    );
  }
  const nodes = findOnnxNodes(bytes) ?? damaged();
  const loaded: Record<Kind, { network: History | null; devices: Record<string, History> }> = {
    flow: { network: null, devices: Object.create(null) as Record<string, History> },
    hour: { network: null, devices: Object.create(null) as Record<string, History> },
  };
  for (const one of describedIn(metadata.get('lanscope.histories')) ?? damaged()) {
    const { output, of, device, rows, threshold, usual } = one;
    // One at a time: what is wrong with a file is told by the first node that is wrong, whatever comes after it.
    const node = readOnnxNode(nodes.get(exponentOf(output)) ?? damaged(), isOfForest) ?? damaged();
    // One history each: many of one forest would be a small file that becomes a large model.
    nodes.delete(exponentOf(output));
    const forest = forestOf(node, FEATURES[of].length) ?? damaged();
    const history = { rows, forest, threshold, usual };
    if (device === '') loaded[of].network = history;
    else loaded[of].devices[device] = history;
  }
  return {
    flows: loaded.flow,
    hours: loaded.hour,
    trainingDigest: metadata.get('lanscope.training_digest') ?? '',
  };
}

function exponential(input: string, output: string): OnnxNode {
  return { operator: 'Exp', domain: '', inputs: [input], outputs: [output], attributes: new Map() };
}

function rowsOf(kind: Kind): string {
  return `${kind}s`;
}

function namesOf(kind: Kind): string {
  return JSON.stringify(FEATURES[kind].map(({ name }) => name));
}

/** Null when the text describes no histories. */
function describedIn(text: string | undefined): Described[] | null {
  try {
    const all: unknown = JSON.parse(text ?? '');
    return Array.isArray(all) && all.every(isDescribed) ? all : null;
  } catch {
    return null;
  }
}

function isDescribed(value: unknown): value is Described {
  if (typeof value !== 'object' || value === null) return false;
  const { output, of, device, rows, threshold, usual } = value as Record<string, unknown>;
  return (
    typeof output === 'string' &&
    (of === 'flow' || of === 'hour') &&
    typeof device === 'string' &&
    Number.isFinite(rows) &&
    Number.isFinite(threshold) &&
    Array.isArray(usual) &&
    usual.length === FEATURES[of].length &&
    usual.every((range) => Array.isArray(range) && range.length === 3 && range.every(Number.isFinite))
  );
}
