/** What a model must say of itself to be used, read from its metadata and checked. */
import { FEATURE_SETS, type FeatureSetName } from '../detect/features/extractor.ts';
import { featureSetId, type FeatureSet } from '../detect/features/feature.ts';

/** 1st percentile, median and 99th percentile of a feature in benign flows. */
export interface BenignRange {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  readonly featureSet: FeatureSetName;
  readonly set: FeatureSet;
  /** The first is benign. */
  readonly classes: readonly string[];
  /** From this score on a flow is called so; by class, the first never. */
  readonly thresholds: readonly number[];
  /** Names of the recorded scenarios that it was trained on: results on these prove nothing. */
  readonly trainedOn: readonly string[];
  /** By feature, in the order of the set. Null for a model that does not know: it explains nothing. */
  readonly benign: readonly BenignRange[] | null;
}

/** The model cannot be used; the message says why, in words that follow the name of its file. */
export class UnusableModel extends Error {
  override readonly name = 'UnusableModel';
}

const FORMAT = '1';
/** Classes that findings are made of; others a model may have count as `other`. */
const MAX_CLASSES = 32;
/** The older shape has no thresholds of its own. */
const LEGACY_THRESHOLD = 0.9;

/** The description in `metadata`; of the older shape when there is none of ours. Throws `UnusableModel`. */
export function describeModel(metadata: ReadonlyMap<string, string>, file: string): ModelDescription {
  const format = metadata.get('lanscope.format');
  if (format === undefined) return legacyDescription(file);
  if (format.startsWith('baseline'))
    unusable('is what `lanscope baseline` learned: --baseline-model takes it');
  if (format !== FORMAT) unusable(`is of format ${format}, and this version knows ${FORMAT}`);
  const id = metadata.get('lanscope.features') ?? '';
  const name = (Object.keys(FEATURE_SETS) as FeatureSetName[]).find(
    (each) => featureSetId(FEATURE_SETS[each]) === id,
  );
  if (name === undefined) {
    const known = Object.values(FEATURE_SETS).map(featureSetId).join(', ');
    unusable(`was trained on the features ${id || '(not stated)'}, and this version extracts ${known}`);
  }
  const set = FEATURE_SETS[name];
  const classes = texts(json(metadata, 'lanscope.classes'));
  if (classes === null || classes.length < 2 || classes.length > MAX_CLASSES || classes[0] !== 'benign') {
    unusable('does not state its classes, benign first');
  }
  const thresholds = record(json(metadata, 'lanscope.thresholds'));
  const ranges = record(json(metadata, 'lanscope.benign'));
  return {
    name: metadata.get('lanscope.name') ?? file,
    version: metadata.get('lanscope.version') ?? '',
    featureSet: name,
    set,
    classes,
    thresholds: classes.map((each, index) =>
      index === 0 ? Number.POSITIVE_INFINITY : threshold(each, thresholds[each]),
    ),
    trainedOn: texts(json(metadata, 'lanscope.trained_on')) ?? [],
    benign: set.features.map((feature) => range(feature.name, ranges[feature.name])),
  };
}

function legacyDescription(file: string): ModelDescription {
  return {
    name: file,
    version: '',
    featureSet: 'legacy',
    set: FEATURE_SETS.legacy,
    classes: ['benign', 'malicious'],
    thresholds: [Number.POSITIVE_INFINITY, LEGACY_THRESHOLD],
    trainedOn: [],
    benign: null,
  };
}

function json(metadata: ReadonlyMap<string, string>, key: string): unknown {
  try {
    return JSON.parse(metadata.get(key) ?? 'null');
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
}

function threshold(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) {
    unusable(`states no threshold of class ${name}`);
  }
  return value;
}

function range(name: string, value: unknown): BenignRange {
  const [low, median, high] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof low !== 'number' || typeof median !== 'number' || typeof high !== 'number') {
    unusable(`does not state the benign range of ${name}`);
  }
  return { low, median, high };
}

function unusable(why: string): never {
  throw new UnusableModel(why);
}
