/** Field numbers and enumerations of onnx.proto, as far as they are read or written here. */

export const MODEL = {
  irVersion: 1,
  producer: 2,
  graph: 7,
  operatorSet: 8,
  metadata: 14,
  function: 25,
} as const;
export const OPERATOR_SET = { domain: 1, version: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const GRAPH = { node: 1, name: 2, input: 11, output: 12 } as const;
/** Functions of the model's own: nodes under a name, which other nodes use as an operator. */
export const FUNCTION = { name: 1, node: 7, domain: 10, defaults: 11 } as const;
export const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  name: 1,
  int: 3,
  text: 4,
  graph: 6,
  singles: 7,
  ints: 8,
  texts: 9,
  graphs: 11,
  type: 20,
} as const;
export const ATTRIBUTE_TYPE = { int: 2, text: 3, singles: 6, ints: 7, texts: 8 } as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { element: 1, shape: 2 } as const;
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { size: 1, name: 2 } as const;

/** 32-bit floats. */
export const ELEMENT_SINGLE = 1;

/** The domain of operators of classical machine learning, such as ensembles of trees. */
export const ML_DOMAIN = 'ai.onnx.ml';

/** A step of a graph. */
export interface OnnxNode {
  readonly operator: string;
  /** '' for the operators of ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly text: string }
  | { readonly ints: ArrayLike<number> }
  | { readonly singles: ArrayLike<number> }
  | { readonly texts: readonly string[] };
