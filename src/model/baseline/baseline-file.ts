/** The file of `lanscope baseline`: JSON, its histories as they are in memory. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LanscopeError } from '../../bytes/error.ts';
import { CONN_SET, CONN_SET_ID } from '../../detect/features/conn-set.ts';
import { HOUR_FEATURES } from './device-hours.ts';
import type { History } from './history.ts';
import type { IsolationTree } from './isolation-forest.ts';

/** How reports name it among the models. */
export const BASELINE_NAME = 'baseline';

const FORMAT = 'lanscope-baseline/1';

/** Histories of a network and of those of its devices that have enough of their own. */
export interface Histories {
  readonly network: History | null;
  /** By device id. */
  readonly devices: Readonly<Record<string, History>>;
}

export interface BaselineModel {
  readonly flows: Histories;
  readonly hours: Histories;
}

export interface LoadedBaseline {
  readonly model: BaselineModel;
  readonly sha256: string;
}

export function baselineText(model: BaselineModel): string {
  const content = {
    format: FORMAT,
    features: CONN_SET_ID,
    hourFeatures: HOUR_FEATURES.map(({ name }) => name),
    ...model,
  };
  return `${JSON.stringify(content)}\n`;
}

/** CONFIG_INVALID when the file is none of ours, damaged, or of other features. */
export async function readBaselineModel(path: string): Promise<LoadedBaseline> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new LanscopeError('INPUT_NOT_FOUND', `${path} cannot be read`, '', { cause });
  }
  const invalid = (why: string): never => {
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${path} ${why}`,
      'Make one with `lanscope baseline <capture> -o FILE`',
    );
  };
  let given: Record<string, unknown> = {};
  try {
    given = record(JSON.parse(text));
  } catch {
    invalid('is no baseline: it cannot be read as JSON');
  }
  if (given['format'] !== FORMAT) invalid('is no baseline of this version');
  if (given['features'] !== CONN_SET_ID) {
    invalid(`was learned on the features ${String(given['features'])}, and this version has ${CONN_SET_ID}`);
  }
  const histories = (value: unknown, width: number): Histories => {
    const { network, devices } = record(value);
    const own = Object.entries(record(devices));
    if (!isHistory(network, width, true) || !own.every(([, history]) => isHistory(history, width, false))) {
      invalid('is damaged');
    }
    return {
      network: network as History | null,
      devices: Object.assign(Object.create(null) as Record<string, History>, Object.fromEntries(own)),
    };
  };
  return {
    model: {
      flows: histories(given['flows'], CONN_SET.features.length),
      hours: histories(given['hours'], HOUR_FEATURES.length),
    },
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Checked to the last node: what follows children must come to an end within the tree. */
function isHistory(value: unknown, width: number, mayBeNull: boolean): boolean {
  if (value === null) return mayBeNull;
  const { forest, threshold, usual, rows } = record(value);
  const { trees, sample } = record(forest);
  return (
    typeof threshold === 'number' &&
    typeof rows === 'number' &&
    typeof sample === 'number' &&
    sample >= 2 &&
    Array.isArray(usual) &&
    usual.length === width &&
    usual.every((range) => isNumbers(range, 3)) &&
    Array.isArray(trees) &&
    trees.length > 0 &&
    trees.every((tree) => isTree(tree, width))
  );
}

function isTree(value: unknown, width: number): boolean {
  const { column, cut, left, right } = record(value);
  if (!Array.isArray(column) || column.length === 0) return false;
  const size = column.length;
  if (![column, cut, left, right].every((each) => isNumbers(each, size))) return false;
  const tree = value as IsolationTree;
  return tree.column.every((c, node) => {
    if (c === -1) return true;
    // Children come after their parent, so every walk ends.
    const isChild = (child: number): boolean => Number.isInteger(child) && child > node && child < size;
    return (
      Number.isInteger(c) && c >= 0 && c < width && isChild(tree.left[node]!) && isChild(tree.right[node]!)
    );
  });
}

function isNumbers(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((each) => Number.isFinite(each));
}
