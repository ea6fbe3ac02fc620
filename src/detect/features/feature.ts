/** What a feature set is made of. */

export interface FeatureDefinition {
  /** Unique within its set; column name of the extractor's output. */
  readonly name: string;
  /** `s`, `B`, `packets`, `1/s`, … ; '' for shares, ratios and flags. */
  readonly unit: string;
  /** Range of its values, inclusive; Infinity where nothing bounds it. */
  readonly min: number;
  readonly max: number;
  readonly description: string;
  /**
   * What it belongs to. Features of one group say one thing in several columns (the flags of `state`), so they are
   * explained together. A feature of its own is a group of one.
   */
  readonly group: string;
}

export interface FeatureSet {
  readonly name: string;
  /** Raised with every change of a feature's meaning, order or number: a model states the version it was trained on. */
  readonly version: number;
  readonly features: readonly FeatureDefinition[];
}

/** `conn@1`: how models and files name a set. */
export function featureSetId({ name, version }: Pick<FeatureSet, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

type Rest = Partial<Pick<FeatureDefinition, 'unit' | 'min' | 'max' | 'group'>>;

/** A quantity from 0 on. */
export function quantity(
  name: string,
  unit: string,
  description: string,
  rest: Rest = {},
): FeatureDefinition {
  return { name, unit, min: 0, max: Number.POSITIVE_INFINITY, description, group: name, ...rest };
}

/** A share of a whole. */
export function share(name: string, description: string, rest: Rest = {}): FeatureDefinition {
  return { name, unit: '', min: 0, max: 1, description, group: name, ...rest };
}

/** 1 when it holds, 0 otherwise. */
export function flag(name: string, description: string, group: string = name): FeatureDefinition {
  return { name, unit: '', min: 0, max: 1, description, group };
}
